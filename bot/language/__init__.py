"""Chinese text to normal form, words, pinyin, numbers and places; pure functions of text and tables."""
