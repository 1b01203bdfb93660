"""The HTTP face of SITPLAN: thin routes over the library."""
