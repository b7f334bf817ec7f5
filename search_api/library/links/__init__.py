"""Links to a place in a report: made, shown with a short citation, followed when they are old."""
