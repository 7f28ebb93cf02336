"""What counts of judged posts say beside `nlp.trend`: shares, buzz, who writes most, prices."""
