print("kaira")
