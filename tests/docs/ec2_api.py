"""EC2's API as far as Prometheus's discovery asks: DescribeInstances, with the filters that it sends.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs

from tests.exporter.raw_http import Request, reply


@dataclass(frozen=True)
class Machine:
    """``role`` is the value of the tag loadline-role; None has no such tag."""

    id: str
    address: str
    state: str
    role: str | None

    def xml(self) -> str:
        tag = f"<item><key>loadline-role</key><value>{self.role}</value></item>" if self.role is not None else ""
        return (
            f"<item><reservationId>r-{self.id}</reservationId><ownerId>123456789012</ownerId><instancesSet><item>"
            f"<instanceId>{self.id}</instanceId><imageId>ami-1</imageId><instanceState><code>16</code>"
            f"<name>{self.state}</name></instanceState><instanceType>t3.micro</instanceType>"
            f"<architecture>x86_64</architecture><placement><availabilityZone>eu-central-1a</availabilityZone></placement>"
            f"<privateIpAddress>{self.address}</privateIpAddress><privateDnsName>ip</privateDnsName>"
            f"<vpcId>vpc-1</vpcId><subnetId>subnet-1</subnetId><tagSet>{tag}</tagSet></item></instancesSet></item>"
        )


class Ec2Api:
    """Answers with ``machines``; ``filters`` has those of the last question, by name."""

    def __init__(self, *machines: Machine) -> None:
        self._machines = machines
        self.filters: dict[str, str] = {}

    def __call__(self, request: Request) -> list[bytes]:
        asked = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        if asked.get("Action") != "DescribeInstances":
            return reply(400, "<Response><Errors><Error><Code>Unknown</Code></Error></Errors></Response>", "text/xml")
        numbers = {name.split(".")[1] for name in asked if name.startswith("Filter.")}
        self.filters = {asked[f"Filter.{at}.Name"]: asked[f"Filter.{at}.Value.1"] for at in numbers}
        found = "".join(machine.xml() for machine in self._machines)
        space = "http://ec2.amazonaws.com/doc/2016-11-15/"
        found = f"<reservationSet>{found}</reservationSet>"
        return reply(200, f'<DescribeInstancesResponse xmlns="{space}">{found}</DescribeInstancesResponse>', "text/xml")
