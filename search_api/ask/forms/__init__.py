"""Forms of question that are not answered by one sentence: lists, grades, names and phrases."""
