"""One module a group of addresses: parse, call, answer."""
