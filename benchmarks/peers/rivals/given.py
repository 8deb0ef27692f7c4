"""What every rival is given: an instance, and first-fit decreasing to start from. Plain Python, no packages."""

import json
import sys
from dataclasses import dataclass
from operator import le
from pathlib import Path


@dataclass
class Instance:
    """Item types with sizes and counts, host types with capacities and prices."""

    size: list
    count: list
    capacity: list
    price: list

    def copies(self):
        """The item type of every single copy, the largest first."""
        order = sorted(range(len(self.count)), key=lambda i: sorted(self.size[i], reverse=True), reverse=True)
        biggest = [max(room[r] for room in self.capacity) for r in range(len(self.size[0]))]
        order.sort(
            key=lambda i: -sum(amount / most for amount, most in zip(self.size[i], biggest, strict=True) if most)
        )
        return [i for i in order for _ in range(self.count[i])]

    def first_fit(self):
        """Hosts as (host type, [item types]): first-fit decreasing onto the type that packs cheapest by itself."""
        packed = [self._onto(b) for b in range(len(self.price))]
        return min((hosts for hosts in packed if hosts), key=lambda hosts: sum(self.price[b] for b, _ in hosts))

    def _onto(self, b):
        room, hosts, free = self.capacity[b], [], []
        for i in self.copies():
            size = self.size[i]
            if not all(map(le, size, room)):
                return None
            h = next((h for h, left in enumerate(free) if all(map(le, size, left))), len(hosts))
            if h == len(hosts):
                hosts.append((b, []))
                free.append(list(room))
            hosts[h][1].append(i)
            free[h] = [most - amount for amount, most in zip(size, free[h], strict=True)]
        return hosts


def asked():
    """The instance and the seconds of the command line."""
    document = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    return Instance(**document), float(sys.argv[2])


def said(value, bound):
    """Print the result."""
    sys.stdout.write(json.dumps({"value": value, "bound": bound}) + "\n")
