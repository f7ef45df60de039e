"""What can be done with the receipts of grades: fitting to people, scoring again, finding what changed."""
