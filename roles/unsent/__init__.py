"""What was posted in a session that had ended: kept until its person signs in, then shown in its form, never sent."""
