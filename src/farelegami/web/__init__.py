"""What pages are made of: frame, components, form fields, drawings, refusals put into words."""
