"""What can be done about people: every act checks who acts, is logged and keeps the search."""
