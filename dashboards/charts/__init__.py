"""Charts: functions from a frame to a plotly figure. No Streamlit, no files, no choice of figures."""
