"""The command ``loadline``: how many requests per second can my backend endure?"""
