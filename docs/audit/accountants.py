"""Epsilon of Poisson-subsampled Gaussian steps under add/remove, by the standard library alone.

A composition is a tuple of phases (q, sigma, steps). RDP: Mironov, Talwar, Zhang 2019, converted by Canonne, Kamath, Steinke 2020.
The exact figure: the inverse Laplace transform of the loss's moment generating function (Alghamdi et al. 2023), without any grid
of losses, so that an accountant that works on a grid lies a little above it.
"""
import cmath
import functools
import math

MOST_WORK = 4e7


class TooLong(Exception):
    """A figure that this way would take too long to find."""


def loss(q, z):
    """log(1 - q + q exp(z)) without overflow."""
    if q == 1:
        return z
    return math.log1p(q * math.expm1(z)) if z < 700 else math.log(q) + z


@functools.lru_cache(None)
def rdp(q, sigma, order):
    """The divergence of one step at an order above 1."""
    if q == 1:
        return order / (2 * sigma * sigma)
    width = min(0.2, sigma / 4)
    low, high = -12, 12 + order / sigma
    terms, powers = [], []
    for i in range(int((high - low) / width) + 1):
        x = low + i * width
        a = loss(q, x / sigma - 0.5 / sigma ** 2)
        powers.append(order * a - x * x / 2)
        terms.append((order * a, a, x))
    if max(t[0] for t in terms) < 600:
        weight = width / math.sqrt(2 * math.pi)
        total = sum((math.expm1(p) - order * math.expm1(a)) * math.exp(-x * x / 2) for p, a, x in terms) * weight
        return math.log1p(max(0.0, total)) / (order - 1)
    peak = max(powers)
    return (peak + math.log(sum(math.exp(p - peak) for p in powers) * width / math.sqrt(2 * math.pi))) / (order - 1)


def converted(divergence, order, delta):
    return divergence + math.log1p(-1 / order) - (math.log(delta) + math.log(order)) / (order - 1)


@functools.lru_cache(None)
def epsilon_rdp(phases, delta):
    """Epsilon at the best order, and that order."""
    def at(t):
        order = 1 + math.exp(t)
        return converted(sum(n * rdp(q, s, order) for q, s, n in phases), order, delta)

    if not phases:
        return 0.0, math.nan
    low, high, golden = -6.0, 9.0, (math.sqrt(5) - 1) / 2
    a, b = high - golden * (high - low), low + golden * (high - low)
    at_a, at_b = at(a), at(b)
    for _ in range(45):
        if at_a < at_b:
            high, b, at_b = b, a, at_a
            a = high - golden * (high - low)
            at_a = at(a)
        else:
            low, a, at_a = a, b, at_b
            b = low + golden * (high - low)
            at_b = at(b)
    return max(0.0, min(at_a, at_b)), 1 + math.exp((a + b) / 2)


class Moments:
    """Values of E[exp((tilt + i theta) loss)] of one phase, theta growing by equal steps."""

    def __init__(self, phase, tilt, sign):
        self.q, self.sigma, self.steps = phase
        self.tilt, self.sign = tilt, sign
        if self.q == 1:
            return
        power = 1 + tilt if sign > 0 else -tilt
        low = -12 if sign > 0 else -12 - tilt / self.sigma
        high = 12 + max(power, 2) / self.sigma if sign > 0 else 12
        width = min(0.05, self.sigma / 30)
        points = [low + i * width for i in range(int((high - low) / width) + 1)]
        self.losses = [loss(self.q, x / self.sigma - 0.5 / self.sigma ** 2) for x in points]
        exponents = [power * a - x * x / 2 for a, x in zip(self.losses, points)]
        self.peak = max(exponents)
        self.weights = [math.exp(e - self.peak) * width / math.sqrt(2 * math.pi) for e in exponents]
        kept = [i for i, w in enumerate(self.weights) if w > 1e-22]
        self.losses, self.weights = [self.losses[i] for i in kept], [self.weights[i] for i in kept]

    def cumulant(self):
        if self.q == 1:
            return self.steps * self.tilt * (self.tilt + 1) / 2 / self.sigma ** 2
        return self.steps * (self.peak + math.log(sum(self.weights)))

    def start(self, spacing):
        self.spacing, self.theta = spacing, -spacing / 2
        if self.q != 1:
            self.now = [w * cmath.exp(1j * self.sign * self.theta * a) for w, a in zip(self.weights, self.losses)]
            self.turn = [cmath.exp(1j * self.sign * spacing * a) for a in self.losses]

    def next(self):
        """The logarithm at the next theta."""
        self.theta += self.spacing
        if self.q == 1:
            s = complex(self.tilt, self.theta)
            return self.steps * s * (s + 1) / 2 / self.sigma ** 2
        self.now = [v * t for v, t in zip(self.now, self.turn)]
        total = sum(self.now)
        return self.steps * (self.peak + cmath.log(total)) if total else complex(-math.inf, 0)


def one_way(phases, delta, tilt, bound, sign):
    """The exact epsilon for one order of the pair."""
    moments = [Moments(p, tilt, sign) for p in phases]

    def cumulant(t):
        return sum(Moments(p, t, sign).cumulant() for p in phases)

    step = 1e-3 * tilt
    variance = (cumulant(tilt + step) - 2 * cumulant(tilt) + cumulant(tilt - step)) / step ** 2
    period = max((25 - math.log(delta)) / tilt, 10 * (4 * math.sqrt(max(0, variance)) + bound) + min(20, 400 / tilt))
    spacing = 2 * math.pi / period
    for m in moments:
        m.start(spacing)
    points = sum(len(getattr(m, "losses", [1])) for m in moments)
    first = cumulant(tilt) - math.log(tilt * (tilt + 1))
    values, small = [], 0
    while small < 20:
        if len(values) * points > MOST_WORK:
            raise TooLong(f"{phases} at delta {delta}")
        s = complex(tilt, spacing * (len(values) + 0.5))
        value = sum(m.next() for m in moments) - cmath.log(s) - cmath.log(s + 1)
        values.append(value)
        small = small + 1 if value.real + math.log(s.imag / tilt) < first - 20 else 0

    def delta_at(epsilon):
        top = values[0].real
        total = sum((cmath.exp(v - top - 1j * spacing * (k + 0.5) * epsilon)).real for k, v in enumerate(values)
                    if v.real - top > -60)
        return math.exp(min(700, top - tilt * epsilon)) * max(0.0, total) * spacing / math.pi

    low, high = 0.0, bound
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if delta_at(middle) > delta else (low, middle)
    return high


@functools.lru_cache(None)
def epsilon_exact(phases, delta):
    """The exact epsilon of a composition; at most that by RDP."""
    bound, order = epsilon_rdp(phases, delta)
    if bound == 0:
        return 0.0
    return max(one_way(phases, delta, order - 1, bound, sign) for sign in (1, -1))


def filter_of(ceiling, delta):
    """Order and budget of the filter of a limit."""
    log = -math.log(delta)
    order = 1 + math.sqrt(log) / (ceiling / (math.sqrt(log + ceiling) + math.sqrt(log)))
    return order, ceiling - converted(0, order, delta)
