"""What is typed on the pages of people, households and organisations, turned into drafts."""
