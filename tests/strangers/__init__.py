"""The program and the one file of a stranger, side by side on what somebody has changed: do they say the same?"""
