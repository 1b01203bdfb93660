"""Reading what the office is sent: files to frames, frames to the fields of a layer."""
