"""The pages: Streamlit's side of the dashboard. They choose cells, call charts and sentences, and draw."""
