/* What the server drew a field with: what stands there otherwise was typed or chosen since, also before a script ran. */

export function drawnValue(field) {
  if (!field.options) return field.defaultValue;
  return ([...field.options].find((each) => each.defaultSelected) ?? field.options[0])?.value ?? "";
}
