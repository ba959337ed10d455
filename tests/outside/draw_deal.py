"""The dealing of one session (src/engine/draw/SPEC.md, section 5)."""

from collections import deque

from draw_bytes import ALG, Stream, keyed
from draw_search import bits

FAR = 32  # papers that an exchange looks forward or backward
TURNED_OUT = 50  # cards that are turned out in one paper
WITH_OWN = 8  # searches by a shuffled ranking that prefer the paper's own units
WITHOUT_OWN = 4  # and those that do not


class Session:
    """`papers` are the seating's papers of the session; `lying[i][c]` holds the cards of a cell in a paper."""

    def __init__(self, problem, book, seed, name, papers):
        self.problem, self.papers, self.seed, self.name = problem, papers, seed, name
        self.cards = [0] * len(problem.units)  # how many cards of each unit lie in the session's papers
        self.bound = [0] * len(problem.units)
        self.stratum = {}  # the units of each unit's stratum
        returned = [problem.returned(paper["avoid"]) for paper in papers]
        self.returned = [list(paper["avoid"][:count]) for paper, (count, _) in zip(papers, returned)]
        self.witness = [witness for _, witness in returned]
        self.excluded = [problem.excluded_by(paper["avoid"][count:]) for paper, (count, _) in zip(papers, returned)]
        self.lying = [[[] for _ in problem.cells] for _ in papers]
        self.deal(self.patterns(book, seed, name), seed, name)
        self.sums = [self.sums_of(i) for i in range(len(papers))]
        self.searched = [None] * len(papers)  # `found` or `witness`
        self.forced = []
        order = sorted(range(len(problem.cells)), key=lambda c: (
            -problem.cells[c].size, len(problem.cells[c].pool) - problem.cells[c].quota, c))
        self.queue = [(c, place) for c in order for place in range(problem.cells[c].quota)]
        for i in range(len(papers)):
            self.settle(i)

    def patterns(self, book, seed, name):
        stream = Stream(keyed(seed, ALG, "patterns", name))
        shuffled = stream.shuffled(range(len(book)))
        count = len(self.papers)
        places = list(range(len(book))) * (count // len(book)) + shuffled[: count % len(book)]
        return [book[place] for place in stream.shuffled(places)]

    def deal(self, patterns, seed, name):
        for c, cell in enumerate(self.problem.cells):
            stream = Stream(keyed(seed, ALG, "deck", name, *cell.parts))
            for range_ in sorted({unit.range for unit in cell.pool}):
                units = [unit.number for unit in cell.pool if unit.range == range_]
                asked = [sum(pattern >> unit & 1 for unit in units) for pattern in patterns]
                total = sum(asked)
                shuffled = stream.shuffled(units)
                deck = iter(stream.shuffled(units * (total // len(units)) + shuffled[: total % len(units)]))
                for i, count in enumerate(asked):
                    for _ in range(count):
                        card = next(deck)
                        self.lying[i][c].append(card)
                        self.cards[card] += 1
                for unit in units:
                    self.stratum[unit] = units
                    self.bound[unit] = -(-total // len(units))

    def all_cards(self, i):
        return [card for of_cell in self.lying[i] for card in of_cell]

    def sums_of(self, i):
        sums = [0] * len(self.problem.ranges)
        for card in self.all_cards(i):
            sums[self.problem.range_of[card]] += self.problem.units[card].size
        return sums

    # Settling

    def settle(self, i):
        self.i, self.held, self.place_of = i, 0, {}
        queue, turned_out, is_open = deque(self.queue), 0, False
        while queue:
            place = queue.popleft()
            if self.wanted_at(place, self.fits):
                self.hold(place)
            elif turned_out < TURNED_OUT and self.wanted_at(place, self.near):
                [rival] = bits(self.rivals(self.card(place)))
                turned_out += 1
                queue.append(self.place_of.pop(rival))
                self.held ^= 1 << rival
                self.hold(place)
            else:
                is_open = True
        if is_open or not self.met_importance():
            self.search()

    def wanted_at(self, place, wanted):
        """Whether the card there is wanted, or an exchange brings one that is."""
        return wanted(self.card(place)) or self.exchange(place, wanted)

    def card(self, place):
        return self.lying[self.i][place[0]][place[1]]

    def hold(self, place):
        self.held |= 1 << self.card(place)
        self.place_of[self.card(place)] = place

    def rivals(self, card):
        """The held units that are the card or in conflict with it."""
        return self.held & (self.problem.conflicts[card] | 1 << card)

    def fits(self, card):
        return not self.excluded[self.i] >> card & 1 and not self.rivals(card)

    def near(self, card):
        return not self.excluded[self.i] >> card & 1 and len(bits(self.rivals(card))) == 1

    # Exchanges

    def exchange(self, place, wanted):
        c, x = place[0], self.card(place)
        return self.forward(c, place, x, wanted) or self.substitution(c, place, x, wanted) \
            or self.backward(c, place, x, wanted)

    def forward(self, c, place, x, wanted):
        for j in range(self.i + 1, min(self.i + FAR + 1, len(self.papers))):
            for other, y in enumerate(self.lying[j][c]):
                if y != x and wanted(y) and self.may_take(self.i, x, y) and self.may_take(j, y, x):
                    self.swap(place, j, (c, other))
                    return True
        return False

    def substitution(self, c, place, x, wanted):
        if self.cards[x] < max(self.cards[unit] for unit in self.stratum[x]):
            return False
        for y in (unit.number for unit in self.problem.cells[c].pool):
            if y == x or not wanted(y) or not self.may_take(self.i, x, y):
                continue
            one_stratum = self.stratum[x] is self.stratum[y]
            fewest = self.cards[y] == min(self.cards[unit] for unit in self.stratum[y])
            if fewest and not (one_stratum and self.cards[y] >= self.cards[x]):
                self.put(self.i, place, y)
                return True
        return False

    def backward(self, c, place, x, wanted):
        for j in range(self.i - 1, max(self.i - FAR - 1, -1), -1):
            if self.searched[j]:
                continue
            for other in reversed(range(len(self.lying[j][c]))):
                y = self.lying[j][c][other]
                if y != x and wanted(y) and self.may_take(self.i, x, y) and self.may_take(j, y, x) \
                        and self.takes_back(j, y, x):
                    self.swap(place, j, (c, other))
                    return True
        return False

    def takes_back(self, j, y, x):
        """Whether an earlier paper can have `x` instead of its `y`."""
        others = [card for card in self.all_cards(j) if card != y]
        if self.excluded[j] >> x & 1 or x in others or any(self.problem.conflicts[x] >> card & 1 for card in others):
            return False
        return self.distance_with(self.importances(self.all_cards(j)), y, x) == 0

    def may_take(self, i, x, y):
        """Whether each range of a paper stays within its bounds with `y` in place of `x`."""
        left, entered = self.problem.range_of[x], self.problem.range_of[y]
        if left == entered:
            return True
        size, ranges, sums = self.problem.units[x].size, self.problem.ranges, self.sums[i]
        return sums[left] - size >= ranges[left].lo and sums[entered] + size <= ranges[entered].hi

    def swap(self, place, j, other):
        x, y = self.card(place), self.lying[j][other[0]][other[1]]
        self.put(self.i, place, y)
        self.put(j, other, x)

    def put(self, i, place, card):
        before = self.lying[i][place[0]][place[1]]
        self.lying[i][place[0]][place[1]] = card
        for unit, sign in ((before, -1), (card, 1)):
            self.cards[unit] += sign
            self.sums[i][self.problem.range_of[unit]] += sign * self.problem.units[unit].size

    # Importance

    def importances(self, cards):
        """How many items of X, Y and Z the cards have."""
        return [sum(counts) for counts in zip(*(self.problem.importances[card] for card in cards))]

    def distance(self, has):
        distance = 0
        for count, (least, most) in zip(has, self.problem.bounds.values()):
            distance += max(0, least - count) + (0 if most is None else max(0, count - most))
        return distance

    def distance_with(self, has, x, y):
        """The distance with `y` in place of `x`."""
        of = self.problem.importances
        return self.distance([count - out + into for count, out, into in zip(has, of[x], of[y])])

    def met_importance(self):
        """Exchanges cards until the importance is within its bounds; whether it is."""
        while self.distance(has := self.importances(self.all_cards(self.i))) > 0:
            if not any(self.comes_nearer(place, has) for place in self.queue):
                return False
        return True

    def comes_nearer(self, place, has):
        x, distance = self.card(place), self.distance(has)
        self.held ^= 1 << x
        done = self.exchange(place, lambda y: self.distance_with(has, x, y) < distance and self.fits(y))
        self.held |= 1 << self.card(place)
        return done

    # A searched paper

    def search(self):
        own = sum(1 << card for card in set(self.all_cards(self.i)))
        full = sum(1 << number for number, bound in enumerate(self.bound)
                   if not own >> number & 1 and self.cards[number] >= bound + max(1, bound // 8))
        papers = (self.problem.search(excluded, ranking) for excluded, ranking in self.searches(own, full))
        paper = next((paper for paper in papers if paper is not None), None)
        self.searched[self.i] = "found" if paper is not None else "witness"
        self.lay(self.witness[self.i] if paper is None else paper)

    def searches(self, own, full):
        """What each search of the paper excludes, and its ranking."""
        seen, numbers = self.excluded[self.i], range(len(self.cards))

        def is_other(number):
            return not own >> number & 1

        yield seen | full, sorted(numbers, key=lambda number: (
            is_other(number), self.cards[number] - self.bound[number], number))
        stream = Stream(keyed(self.seed, ALG, "search", self.name, str(self.i)))
        for _ in range(WITH_OWN):
            yield seen | full, sorted(stream.shuffled(numbers), key=is_other)
        for _ in range(WITHOUT_OWN):
            yield seen, stream.shuffled(numbers)

    def lay(self, paper):
        for c, cell in enumerate(self.problem.cells):
            rest = [unit.number for unit in cell.pool if paper >> unit.number & 1]
            replaced = []
            for place, card in enumerate(self.lying[self.i][c]):
                if card in rest:
                    rest.remove(card)
                else:
                    replaced.append((place, card))
            for (place, instead), card in zip(replaced, rest):
                self.put(self.i, (c, place), card)
                self.forced.append({"paper": self.papers[self.i]["paper"], "cell": cell.label,
                                    "instead": self.problem.units[instead].id, "unit": self.problem.units[card].id})
