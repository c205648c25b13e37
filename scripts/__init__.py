"""What the Makefile calls: set-up and checks in shell, pages made from the code in Python."""
