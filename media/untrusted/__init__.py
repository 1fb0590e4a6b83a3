"""Readers of documents that somebody handed in. They run alone, in a child process with limits (`media.child`).

A document is often a zip of XML, and whoever made it decides what unpacking does: a few bytes become gigabytes, an
entity names another file. So every part is unpacked with a count, and one that declares a document type is refused.
Nothing else of ours is imported here, and nothing is imported that the format at hand does not need.
"""
