"""Making a readable text of what stands on paper: printed line numbers set aside, headings and lists found. Pure."""
