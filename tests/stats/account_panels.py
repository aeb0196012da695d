"""Panels of accounts drawn from a known law, and its posterior by brute force."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crqlab.stats import account_model

SCORES = ("care", "price", "speed")
WITHIN = np.array([[1.0, 0.5, 0.3], [0.5, 1.2, 0.2], [0.3, 0.2, 0.8]])
BETWEEN = np.array([[0.5, 0.25, 0.2], [0.25, 0.4, 0.1], [0.2, 0.1, 0.45]])
RHO, SHARE, DECAY = 0.75, 0.6, 0.8
ROLES = {"boss": 0.3, "user": -0.1}  # three users for each boss: they cancel
CLIENT = 0.5


@dataclass(frozen=True)
class Drawn:
    """People's answers as a table, and the truth of every client's wave and account."""

    people: pd.DataFrame
    truth: pd.DataFrame

    def rows(self, **changes):
        """Line the answers up; columns may be changed."""
        table = self.people.assign(**changes)
        return account_model.answers(
            table[list(SCORES)],
            client=table["client"],
            account=table["account"],
            wave=table["wave"],
            time=table["time"],
            person=table["person"],
            role=table["role"],
        )


def drawn(*, clients=40, accounts=20, waves=3, seed=1, gaps=0.0, most=4, years=None) -> Drawn:
    """Draw accounts that persist, and people who answer again with what they keep."""
    rng = np.random.default_rng(seed)
    years = np.arange(waves, dtype=float) if years is None else np.asarray(years)
    lag = np.abs(years[:, None] - years)
    over_time = np.linalg.cholesky(RHO**lag)
    people_time = np.linalg.cholesky(np.where(lag == 0, 1.0, SHARE * DECAY**lag))
    between, within = np.linalg.cholesky(BETWEEN), np.linalg.cholesky(WITHIN)
    means = 5 + rng.normal(0, CLIENT, (clients, 1, 3)) + rng.normal(0, 0.1, (clients, waves, 3))
    own = rng.normal(size=(clients, accounts, waves, 3))
    theta = means[:, None] + np.einsum("ts,casj,kj->catk", over_time, own, between)
    people = rng.normal(size=(clients, accounts, most, waves, 3))
    apart = np.einsum("ts,capsj,kj->captk", people_time, people, within)
    boss = rng.random((clients, accounts, most)) < 0.25
    role = np.where(boss, "boss", "user")
    effect = np.where(boss, ROLES["boss"], ROLES["user"])
    answers = theta[:, :, None] + apart + effect[..., None, None]
    there = rng.random((clients, accounts, most, waves)) < 0.5
    c, a, p, t = np.nonzero(there)
    table = pd.DataFrame(answers[c, a, p, t], columns=list(SCORES))
    table = table.mask(rng.random(table.shape) < gaps)
    keys = {
        "client": [f"C{i:03d}" for i in c],
        "account": [f"A{i:03d}" for i in a],
        "wave": [f"W{i}" for i in t],
        "time": years[t],
        "person": [f"P{i}" for i in p],
        "role": role[c, a, p],
    }
    c, a, t = np.meshgrid(range(clients), range(accounts), range(waves), indexing="ij")
    truth = pd.DataFrame(theta.reshape(-1, 3), columns=list(SCORES)).assign(
        client=[f"C{i:03d}" for i in c.ravel()],
        wave=[f"W{i}" for i in t.ravel()],
        account=[f"A{i:03d}" for i in a.ravel()],
    )
    return Drawn(table.assign(**keys), truth)


def exact(given, values, parts, prior=None):
    """Posterior of all cells by one large system: means, covariances of each cell.

    ``values`` are centred, in scores; everything is written out, nothing is shared.
    """
    B = parts.basis
    kept, J = parts.persistence, len(B)
    cells, blocks = len(given.cell_account), len(given.block_client)
    time = given.block_time[given.cell_block]
    K = np.zeros((cells, J, cells, J))
    for i in range(cells):
        for j in range(cells):
            if given.cell_account[i] == given.cell_account[j]:
                ratio = parts.ratio * kept.rho ** abs(time[i] - time[j])
                K[i, :, j, :] = (B * ratio) @ B.T
    X = np.zeros((cells, J, blocks, J))
    for i, block in enumerate(given.cell_block):
        X[i, :, block, :] = np.eye(J)
    rows = len(values)
    N, Z = np.zeros((rows, J, rows, J)), np.zeros((rows, J, cells, J))
    for i in range(rows):
        Z[i, :, given.cell[i], :] = np.eye(J)
        for j in range(rows):
            lag = abs(time[given.cell[i]] - time[given.cell[j]])
            if i == j:
                N[i, :, j, :] = B @ B.T
            elif given.person[i] == given.person[j]:
                N[i, :, j, :] = (B * (kept.share * kept.decay**lag)) @ B.T
    there = ~np.isnan(values).ravel()
    K, X = K.reshape(cells * J, -1), X.reshape(cells * J, -1)
    Z = Z.reshape(rows * J, -1)[there]
    N = N.reshape(rows * J, -1)[np.ix_(there, there)]
    y = values.ravel()[there]
    S, m = 1e4 * np.eye(blocks * J), np.zeros(blocks * J)  # as good as unknown
    if prior is not None:
        lag = np.abs(given.block_time[:, None] - given.block_time)
        alike = prior.rho**lag * (given.block_client[:, None] == given.block_client)
        S = np.kron(alike, B @ prior.covariance @ B.T)
        m = np.tile(B @ prior.mean, blocks)
    V = K + X @ S @ X.T
    gain = V @ Z.T @ np.linalg.inv(Z @ V @ Z.T + N)
    mean = X @ m + gain @ (y - Z @ X @ m)
    covariance = (V - gain @ Z @ V).reshape(cells, J, cells, J)
    return mean.reshape(cells, J), np.stack([covariance[i, :, i, :] for i in range(cells)])
