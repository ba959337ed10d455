"""How far a bank's wording gives its keys away: the measure of src/engine/bank/guess.rs, written from its description."""

import json
import math
import pathlib

from draw_bytes import sha256

FOLDS, SEEDS, TIE = 10, "1234", 1e-9


def features(text):
    return set(text) | {text[place:place + 2] for place in range(len(text) - 1)}


def questions(folder, kind):
    """Range, texts and place of the key of each item; of a statement one text, and 0 when it is true."""
    found = []
    for path in sorted(pathlib.Path(folder, "items").glob("*.json")):
        file = json.loads(path.read_text("utf-8"))
        for item in file["items"]:
            if item["type"] != kind:
                continue
            key = next(option for option in item["options"] if option["id"] == item["key"][0])
            if kind == "true_false":
                found.append((file["range"], [features(item["stem"])], 0 if key["text"] == "正确" else 1))
            else:
                texts = [features(option["text"]) for option in item["options"]]
                found.append((file["range"], texts, item["options"].index(key)))
    return found


class Learnt:
    def __init__(self, asked):
        self.counts, self.texts = {}, [0, 0]
        for _, texts, key in asked:
            for place, text in enumerate(texts):
                wrong = int(key == 1) if len(texts) == 1 else int(place != key)
                self.texts[wrong] += 1
                for feature in text:
                    self.counts.setdefault(feature, [0, 0])[wrong] += 1

    def score(self, text):
        known = (self.counts[feature] for feature in sorted(text) if feature in self.counts)
        right_texts, wrong_texts = self.texts
        return math.fsum(math.log((right + 0.5) / (right_texts + 1)) - math.log((wrong + 0.5) / (wrong_texts + 1))
                         for right, wrong in known)

    def guesses(self, texts, key):
        """How far the item is guessed: 1, 0, or a share where scores are equal."""
        if len(texts) == 1:
            score = math.log((self.texts[0] + 1) / (self.texts[1] + 1)) + self.score(texts[0])
            return 0.5 if abs(score) < TIE else float((score > 0) == (key == 0))
        scores = [self.score(text) for text in texts]
        greatest = [place for place, score in enumerate(scores) if score > max(scores) - TIE]
        return 1 / len(greatest) if key in greatest else 0.0


def measured(folder, kind, model=None):
    """How many items there are, and how many are guessed on average over the seeds."""
    asked = questions(folder, kind)
    if model is not None:
        learnt = Learnt(questions(model, kind))
        return len(asked), math.fsum(learnt.guesses(texts, key) for _, texts, key in asked)
    right = 0.0
    for seed in SEEDS:
        ordered = sorted({place for place, _, _ in asked}, key=lambda name: sha256("kaoping/guesser/1", seed, name))
        fold = {name: place % FOLDS for place, name in enumerate(ordered)}
        for number in range(FOLDS):
            learnt = Learnt([entry for entry in asked if fold[entry[0]] != number])
            right += math.fsum(learnt.guesses(texts, key) for name, texts, key in asked if fold[name] == number)
    return len(asked), right / len(SEEDS)


def lower_bound(items, right):
    """Wilson's lower bound of 95 %."""
    z, share = 1.959964, right / items
    spread = z * math.sqrt(share * (1 - share) / items + z * z / (4 * items * items))
    return (share + z * z / (2 * items) - spread) / (1 + z * z / items)
