"""Recount a ward round. Save result.json, ballots.txt and receipts.txt in one folder, then: python3 recount.py FOLDER"""
import hashlib, json, sys
from collections import Counter
from pathlib import Path


def recount(folder):
    wrong, data = [], {}
    for name in ("result.json", "ballots.txt", "receipts.txt"):
        try:
            data[name] = (folder / name).read_bytes()
        except OSError:
            return [f"{name} is missing."]
    try:
        said = json.loads(data["result.json"])
        options, picks, slots, paper = said["options"], said["picks"], said["slots"], said["paper"]
        published, total = dict(said["votes"]), said["ballots"]
        lines = {name: data[name].decode().splitlines() for name in ("ballots.txt", "receipts.txt")}
        ballots, receipts = lines["ballots.txt"], lines["receipts.txt"]
        for name in lines:
            if hashlib.sha256(data[name]).hexdigest() != said["sha256"][name]:
                wrong.append(f"{name} is not the file whose SHA-256 was published.")
            if lines[name] != sorted(lines[name]):
                wrong.append(f"{name} is not in order.")
        for place, ballot in enumerate(ballots, 1):
            chosen = ballot.split()
            named = [code for code in chosen if code != "other"]
            if not 1 <= len(chosen) <= picks:
                wrong.append(f"Ballot {place} has {len(chosen)} choices; 1 to {picks} were allowed.")
            if len(named) != len(set(named)):
                wrong.append(f"Ballot {place} names an option twice.")
            wrong += [f"Ballot {place} names {code!r}, which was no option." for code in named if code not in options]
        wrong += [f"Receipt {code} is listed {n} times." for code, n in Counter(receipts).items() if n > 1]
        if len(receipts) + paper != len(ballots):
            wrong.append(f"{len(receipts)} receipts and {paper} paper ballots do not make {len(ballots)} ballots.")
        if len(ballots) != total or total < 10:
            wrong.append(f"There are {len(ballots)} ballots; the page says {total}.")
        votes = Counter(code for ballot in ballots for code in ballot.split())
        for code in sorted(set(votes) | set(published)):
            if votes[code] != published.get(code, 0):
                wrong.append(f"{code} has {votes[code]} votes; the page says {published.get(code, 0)}.")
        listed = sorted((c for c in votes if c != "other" and votes[c] >= 5), key=lambda c: (-votes[c], c))
        line = votes[listed[slots]] if slots < len(listed) else 0
        tie = 0 < slots < len(listed) and votes[listed[slots - 1]] == line
        winners = [c for c in listed if votes[c] > line] if tie else listed[:slots]
        tied = [c for c in listed if votes[c] == line] if tie else []
        for word, mine, theirs in (("winners", winners, said["winners"]), ("tied", tied, said["tied"])):
            if mine != list(theirs):
                wrong.append(f"{word}: counted {mine}; the page says {list(theirs)}.")
        if slots - len(winners) != said["left_to_panel"]:
            wrong.append(f"{slots - len(winners)} slots are left to the panel; the page says {said['left_to_panel']}.")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        wrong.append(f"A file is damaged: {error!r}.")
    return wrong or [f"All is well: {total} ballots, winners: {', '.join(winners) or 'none'}."]


found = recount(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
print("\n".join(found))
sys.exit(not found[0].startswith("All is well"))
