"""The first text of the pages that every site opens with; editors change it afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class FirstPage:
    """A standing page as it is on the day a site opens."""

    slug: str
    title: str
    intro: str
    body: tuple[tuple[str, Any], ...]


def _list(*items: str) -> str:
    return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"


def board_pages(borough: str) -> tuple[FirstPage, ...]:
    """The standing pages of a borough's site."""
    return (
        FirstPage(
            "about",
            "About the board",
            f"The Safer Neighbourhood Board gives people who live and work in {borough} a say in how their area is policed, "
            "and asks the police to account for it in public.",
            (
                ("heading", "What the board does"),
                (
                    "text",
                    _list(
                        "Agrees local policing and crime priorities for the borough, with the community safety partnership.",
                        "Watches how the police and their partners are doing on crime, and how much people trust them.",
                        "Looks at the figures on complaints about officers who work in the borough.",
                        "Hears from victims of crime about how they were treated, and follows up what they say.",
                        "Makes sure that independent custody visitors check how people are held at police stations.",
                        "Passes on local ideas for Community Payback: unpaid work that people do as part of a sentence.",
                        "Makes sure that every ward has a ward panel. Where one is missing, it asks the police what they plan to do.",
                        "Supports Neighbourhood Watch.",
                        "Makes sure that a group of residents monitors stop and search.",
                        "Bids for the board’s fund and recommends how it is spent. The Mayor’s Office decides.",
                        "Reaches out to people who are seldom heard, young people and victims above all.",
                    ),
                ),
                ("heading", "What the board is not"),
                (
                    "text",
                    "<p>The board is not a public authority and has no legal powers. It does not direct officers, it does not "
                    "investigate crimes or complaints, and it does not gather information about people. To report a crime, to "
                    "get support or to complain, see “Get help or report” at the foot of every page.</p>",
                ),
                ("heading", "Who is on it"),
                (
                    "text",
                    "<p>Members are people from the borough: residents, ward panel chairs, victims’ representatives, young "
                    "people, Neighbourhood Watch, faith and community groups. The police and the council come to report and "
                    "to answer; they are not the board.</p>",
                ),
                ("heading", "Why there are boards"),
                (
                    "text",
                    "<p>The Mayor’s Office for Policing and Crime set up a board in every London borough to help it carry out "
                    "its duty to ask communities and victims for their views.</p>",
                ),
            ),
        ),
        FirstPage(
            "get-involved",
            "How to join or get involved",
            f"There are four ways to take part in {borough}, from five minutes a year to an evening a month.",
            (
                ("heading", "Say what matters in your ward"),
                (
                    "text",
                    "<p>Every ward has its own page on this site. Find yours, see what is going on, and tell us where you live "
                    "if you want to have a say in what your neighbourhood officers work on.</p>",
                ),
                ("heading", "Join your ward panel"),
                (
                    "text",
                    "<p>A ward panel is ten to fifteen residents, traders, schools and community groups who meet about four "
                    "times a year, agree the local priorities and ask the police what they did about the last ones. You need "
                    "no experience. Councillors may come, but do not vote.</p>",
                ),
                ("heading", "Join the board"),
                (
                    "text",
                    "<p>Members usually serve for three years. The board looks for people of every age and background, and above "
                    "all for people who have been victims of crime or whose voice is seldom heard. Places are announced in the "
                    "news on this site.</p>",
                ),
                ("heading", "Volunteer"),
                (
                    "text",
                    _list(
                        "Independent custody visitors call at police stations unannounced, in pairs, to see how people are held.",
                        "Stop and search monitoring groups look at records and at film from body-worn cameras.",
                        "Neighbourhood Watch is neighbours looking out for one another, street by street.",
                    ),
                ),
                (
                    "notice",
                    {"kind": "note", "text": "To ask about any of these, use the contact page of this site."},
                ),
            ),
        ),
        FirstPage(
            "contact",
            "Contact the board",
            "For questions about the board, its meetings and how to take part.",
            (
                (
                    "notice",
                    {
                        "kind": "warning",
                        "text": "Please do not report crimes to the board: nobody reads its messages day and night. "
                        "Call 999 in an emergency, or 101 at other times.",
                    },
                ),
                ("heading", "What we can help with"),
                (
                    "text",
                    _list(
                        "When and where the board meets, and how to speak at a meeting.",
                        "Joining the board or a ward panel.",
                        "Something on this site that is wrong or hard to use.",
                        "Information in another language or format.",
                    ),
                ),
                ("heading", "What we cannot help with"),
                (
                    "text",
                    "<p>The board cannot look into a single crime, case or complaint. “Get help or report” lists who can, for "
                    "victims, witnesses and people with a complaint about the police.</p>",
                ),
            ),
        ),
    )


LONDON_PAGES: tuple[FirstPage, ...] = (
    FirstPage(
        "about",
        "About Safer Neighbourhood Boards",
        "Each of London’s 32 boroughs has a Safer Neighbourhood Board: local people who have a say in how their area is policed.",
        (
            ("heading", "What the boards do"),
            (
                "text",
                "<p>A board agrees local policing priorities, watches crime, confidence and complaints, hears from victims, makes "
                "sure that every ward has a ward panel, and asks the police to account for what they did. Each board has its own "
                "site, with a page for every ward in its borough.</p>",
            ),
            ("heading", "What they are not"),
            (
                "text",
                "<p>Boards are not public authorities and have no legal powers. They do not take reports of crime or complaints, "
                "and they do not gather information about people.</p>",
            ),
            ("heading", "The City of London"),
            ("text", "<p>The City has its own police force and no board.</p>"),
        ),
    ),
    FirstPage(
        "contact",
        "Contact",
        "Each board answers for itself: choose your borough on the front page, and use the contact page there.",
        (
            (
                "notice",
                {
                    "kind": "warning",
                    "text": "Please do not report crimes here. Call 999 in an emergency, or 101 at other times.",
                },
            ),
        ),
    ),
)

WELCOME = "Find your ward, see what is going on where you live, and have a say in how it is policed."
NEWS_INTRO = "What the board and the ward panels have been doing, and what is coming up."
MEETINGS_INTRO = "When the board and the ward panels meet, what is on the agenda, and what was decided. Anybody may come to an open meeting."
LONDON_MEETINGS_INTRO = "London-wide public meetings on policing. Your own board and ward panel meet too: their dates are on your borough’s site."


def _service(
    name: str, what: str, phone: str = "", url: str = "", hours: str = "", textphone: str = ""
) -> dict[str, Any]:
    """One service. It has no day of checking: that is for the person who rings it and looks."""
    return {
        "name": name,
        "what": what,
        "phone": phone,
        "textphone": textphone,
        "hours": hours,
        "url": url,
        "last_checked": None,
    }


HELP_INTRO = "The board and this site do not take reports of crime. These services do, or help you decide what to do next."
HELP: tuple[tuple[str, str, tuple[dict[str, Any], ...]], ...] = (
    (
        "In an emergency",
        "A crime is happening now, somebody is in danger, or a suspect is nearby.",
        (
            _service(
                "Police, ambulance or fire brigade",
                "Call at once. If you cannot speak on a mobile, cough or tap when asked, then press 55 to be put through to the police.",
                phone="999",
                hours="Day and night",
                textphone="Textphone 18000. By text: send “register” to 999 before you need it. In sign language: 999bsl.co.uk.",
            ),
        ),
    ),
    (
        "Report a crime that is not an emergency",
        "",
        (
            _service(
                "Metropolitan Police",
                "Report a crime, anti-social behaviour or something suspicious, or ask the police a question.",
                phone="101",
                url="https://www.met.police.uk/",
                hours="Day and night",
                textphone="Textphone 18001 101",
            ),
            _service(
                "Police.uk",
                "Find your force and your neighbourhood team, and report online anywhere in England and Wales.",
                url="https://www.police.uk/",
            ),
            _service(
                "Report Fraud",
                "Fraud and cyber crime. It took over from Action Fraud in December 2025.",
                phone="0300 123 2040",
                url="https://www.reportfraud.police.uk/",
            ),
            _service(
                "British Transport Police",
                "Crime on trains, trams, the Underground and at stations. In an emergency call 999.",
                phone="0800 40 50 40",
                url="https://www.btp.police.uk/",
                textphone="Text 61016",
            ),
        ),
    ),
    (
        "Tell somebody without giving your name",
        "These are independent of the police. Some can report for you: this is called third-party reporting.",
        (
            _service(
                "Crimestoppers",
                "Pass on what you know about a crime. They never ask who you are and do not trace calls.",
                phone="0800 555 111",
                url="https://crimestoppers-uk.org/",
                hours="Day and night",
            ),
        ),
    ),
    (
        "Support for victims and witnesses",
        "Free, confidential and open to you whether or not you told the police, and however long ago it was.",
        (
            _service(
                "Victim Support",
                "Somebody to talk to, practical help, and help with your rights under the Victims’ Code.",
                phone="0808 168 9111",
                url="https://www.victimsupport.org.uk/",
                hours="Day and night",
            ),
            _service(
                "Rape Crisis England and Wales support line",
                "For anyone aged 16 or over affected by any kind of sexual violence, at any time in their life.",
                phone="0808 500 2222",
                url="https://247sexualabusesupport.org.uk/",
                hours="Day and night",
            ),
        ),
    ),
    (
        "Domestic abuse",
        "If somebody may see your browser’s history, use a device they cannot reach or call instead.",
        (
            _service(
                "National Domestic Abuse Helpline",
                "For women, and for anyone worried about a friend. Run by Refuge.",
                phone="0808 2000 247",
                url="https://www.nationaldahelpline.org.uk/",
                hours="Day and night",
            ),
            _service(
                "Men’s Advice Line",
                "For men who are being abused by a partner, a former partner or family.",
                phone="0808 801 0327",
                url="https://mensadviceline.org.uk/",
            ),
            _service(
                "Galop",
                "For lesbian, gay, bisexual and trans people who face abuse or hate.",
                phone="0800 999 5428",
                url="https://galop.org.uk/",
            ),
        ),
    ),
    (
        "Hate crime",
        "Abuse or violence because of who somebody is, or is thought to be. In an emergency call 999.",
        (
            _service(
                "True Vision",
                "Report a hate crime online, to any police force. The site lists organisations that report for you.",
                url="https://www.report-it.org.uk/",
            ),
            _service(
                "Tell MAMA",
                "Support with anti-Muslim hate; they can report for you.",
                phone="0800 456 1226",
                url="https://tellmamauk.org/",
            ),
            _service(
                "Community Security Trust",
                "Support with antisemitic hate; they can report for you.",
                phone="0800 032 3263",
                url="https://cst.org.uk/",
            ),
        ),
    ),
    (
        "Children and young people",
        "",
        (
            _service(
                "Childline",
                "For anyone under 19, about anything at all. Calls do not show on the phone bill.",
                phone="0800 1111",
                url="https://www.childline.org.uk/",
                hours="Day and night",
            ),
            _service(
                "NSPCC helpline",
                "For adults who are worried about a child.",
                phone="0808 800 5000",
                url="https://www.nspcc.org.uk/",
            ),
        ),
    ),
    (
        "Somebody to listen",
        "",
        (
            _service(
                "Samaritans",
                "Whatever you are going through. You do not have to be suicidal to call.",
                phone="116 123",
                url="https://www.samaritans.org/",
                hours="Day and night",
            ),
        ),
    ),
    (
        "A complaint about the police",
        "Boards look at the figures on complaints, and cannot take one.",
        (
            _service(
                "Independent Office for Police Conduct",
                "How to complain, and what happens then. Your complaint goes to the force first.",
                phone="0300 020 0096",
                url="https://www.policeconduct.gov.uk/",
            ),
        ),
    ),
)
"""What “Get help or report” says on the first day: heading, text, services."""
