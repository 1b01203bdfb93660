"""The territory drawn for the demonstration: invented shapes, from a seed, always the same.

Names of places and streets are facts, and so are positions to about a hundred metres; every
outline, height, figure and person here is made up. Nothing is traced from any other map.
"""
