"""What each analysis takes from the layers, and which of its parameters anybody may set."""
