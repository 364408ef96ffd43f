"""What the desks of all areas of work share: pages within an account's scope, forms, lists, files to save."""
