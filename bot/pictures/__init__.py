"""Pictures, PNG: of an answer (`answers`), of flows of money (`flows`), of a report's trend (`trend`).

matplotlib is an extra (`pip install 'paomo[charts]'`), spoken here alone, and imported only when one is drawn. Chinese
labels need the font that zhplot carries; where it is missing, labels are English.
"""
