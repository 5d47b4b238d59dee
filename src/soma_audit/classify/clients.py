"""Posting clients by name and by the traces they leave: which post by themselves, and which have a person at the keys.

A name proves only what it is: an unknown name stays unknown and is judged by what it posts.
"""

from __future__ import annotations

import re
from enum import StrEnum
from html import unescape
from typing import TYPE_CHECKING

from soma_audit.classify.rule import own, rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from soma_audit.classify.habits import Subject
    from soma_audit.classify.rule import Rule

    Evidence = Mapping[str, object] | None


class Client(StrEnum):
    """What a posting client is."""

    TOOL = "tool"
    """It posts by itself: feed tools, bots, cross-posters, apps that write the text."""
    SCHEDULER = "scheduler"
    """A person writes, it posts later; some of them also post feeds."""
    HAND = "hand"
    """A person presses the button: networks' own clients, third-party ones, share buttons, cameras."""
    UNKNOWN = "unknown"


def _names(names: str) -> frozenset[str]:
    return frozenset(" ".join(name.split()) for name in names.split(","))


TOOLS = _names(
    """twitterfeed, dlvr.it, ifttt, zapier, rss graffiti, rss2twitter, feedburner, feedblitz, mailchimp, microsoft power platform,
    power automate, microsoft flow, wordpress, jetpack, jetpack social, wordtwit plugin, twitter tools, twitme for wordpress,
    simple twitter connect, nextscripts, drupal, typo3, blog2social, blogger, posterous, tumblr, medium syndication, flickr,
    instagram, vine, pinterest, friendfeed, ping.fm, fb2twit, google2tweet, mastodon-twitter crossposter, mastodon twitter crossposter,
    moa bridge, bridgy, known twitter syndication, micro.blog, friends me, publish sync, amplify, twittergram, radio3.io, twibble,
    twibble.io, twittbot.net, paper.li, scoop.it, sumall, sumall authentication, commun.it, tweekly.fm, twittascope, twentyfeet, myskystatus,
    myskystatus v2, roundteam, tweet old post, revive social, revive old post, recycle updates, sharedby, revue, substack, sb nation,
    vox media, chorus publishing platform, jobvite, foursquare, swarm, gowalla, brightkite, path, google, youtube, vimeo, runkeeper, endomondo, strava,
    nike, kindle, goodreads, spotify, soundcloud, rdio, last.fm, this is my jam, blip.fm, foxytunes, untappd, getglue.com, miso,
    tvtag.com, slideshare, scribd, quora, disqus, storify, plancast, eventbrite, meetup, periscope, ustream.tv, justin.tv, livestream,
    twitch, playstation(r)4, nintendo switch share, audioboo, audioboom, glympse, dropbox, product hunt, thunderclap, twibbon,
    crowdfire, unfollowspy, statcounter, cloudstat, nagios, bitbucket, github, tweetymail, autotweet, joomla autotweet, social rss,
    linkedin cross-post, google+ to twitter, manage flitter, socialoomph bot, snapp.to, twitpress, cision, mynewsdesk, ntb kommunikasjon,
    notified, meltwater feed, episerver, enonic, powerpress, npr feed, bit.ly feed"""
)
SCHEDULERS = _names(
    """hootsuite, hootsuite inc., buffer, tweetdeck scheduler, later, laterbro, sprout social, sproutsocial, falcon social media management,
    falcon.io, socialbakers, emplifi, meet edgar, meetedgar, socialoomph, twuffer, tweetcaster scheduler, cotweet, spredfast, sprinklr,
    khoros, lithium, agorapulse, coschedule, socialflow, sendible, typefully, hypefury, publer, postcron, loomly, planable, ritekit,
    twitter ads, twitter ads composer, twitter media studio, meltwater social, brandwatch, hubspot, zoho social, crowdbooster"""
)
HANDS = _names(
    """web, twitter web client, twitter web app, twitter lite, twitter, x, tweetdeck, tweetdeck web app, mobile web, mobile web (m2),
    mobile web (m5), im, txt, sms, ios, os x, cloudhopper, echofon, twitterrific, tweetbot, tweetie, twhirl, seesmic, seesmic web, spaz, twitbin, tweetchat,
    tweetings, tweetings lite, plume, ubersocial, tweetcaster, ubertwitter, gwibber, choqok, hotot, corebird, cawbird, metrotwit, digsby, brizzly, hahlo,
    itweet, dabr, slandr, m.slandr.net, twicca, twidroid, twidroyd, nambu, destroytwitter, power twitter, yorufukurou, janetter, peregrine,
    carbon, fenix, talon, talon android, falcon pro, osfoora, osfoora hd, htc peep, tweed, twitterfon, twittelator, tweetlogix,
    tweet button, twitter for websites, bitly bitlink, addthis, sharethis, shareaholic, feedly, flipboard, reeder, newsblur, pocket,
    linkis: turn sharing into growth, zite personalized magazine, nuzzel, linkedin, medium, safari, twitpic, yfrog, camera+, twitlonger, tweetmeme,
    facebook mobile, links, videos, events, notes, questions, mobile uploads, wall photos, pages manager, facebook pages manager, meta business suite, business suite, photos, mobile, status"""
)

_ANCHOR = re.compile(r"<[^>]*>")
_DEVICE = re.compile(
    r"\s+(?:for|on)\s+(?:the\s+)?(?:iphone|ipad|ipod|ios|i.s|mac|os x|android|windows|webos|blackberry|braskic|linux|symbian|s60|nokia|chrome)\b.*|\s+(?:android|iphone)$"
)
_FEEDING = re.compile(
    r"rss|\bfeeds?\b|2tweet|2twit|totwitter|to twitter|cross-?post|autopost|auto-?tweet|syndicat|wordpress|mailchimp|\bbot\b|\brobot\b"
)
_SUFFIX = re.compile(r"\.(?:com|org|net|io|fm|no)$")


def plain_name(client: str) -> str:
    """Take a client's name out of the HTML anchor that X's archives wrap it in."""
    return " ".join(unescape(_ANCHOR.sub("", client)).split())


def client_kind(name: str, network: str) -> Client:
    """Return what a client is by its name; elsewhere than on Facebook, `Facebook` is the cross-poster."""
    low = name.lower()
    base = _DEVICE.sub("", low)
    forms = {low, base, _SUFFIX.sub("", base)}
    if base == "facebook":
        return Client.TOOL if network != base and base == low else Client.HAND
    if forms & TOOLS:
        return Client.TOOL
    if forms & SCHEDULERS:
        return Client.SCHEDULER
    if base != low or forms & HANDS:
        return Client.HAND
    return Client.TOOL if _FEEDING.search(low) else Client.UNKNOWN


TRACE = re.compile(
    r"https?://(?:www\.)?(dlvr\.it|ift\.tt|fb\.me|goo\.gl/fb|feedproxy\.google\.com|feeds\.feedburner\.com|paper\.li|sco\.lt|tmblr\.co|tumblr\.com"
    r"|post\.ly|wp\.me|instagr\.am|instagram\.com|flic\.kr|4sq\.com|swarmapp\.com|gowal\.la|path\.com|ping\.fm|ff\.im|rd\.io|spoti\.fi"
    r"|(?:t\.)?thisismyjam\.com|qr\.ae|disq\.us|sumall\.com|untp\.beer|getglue\.com|twb\.ly|blip\.fm)/"
    r"|[?&#](utm_(?:source|medium|campaign)=(?:twitterfeed|dlvr\.?it|feed|rss|ifttt|zapier|auto|jetpack|publicize)\w*)",
    re.IGNORECASE,
)
"""The short addresses and campaign marks that feed tools and cross-posters put into links."""

WORDING = re.compile(
    r"^(?:I['’]m at |I just (?:ousted|unlocked|became|earned) |(?:I )?(?:just )?(?:uploaded|posted a|favou?rited|liked|rated|completed a) "
    r"|I (?:added|liked|favou?rited) a |♫ )"
    r"|^(?:new|nye?|nytt|neuer) (?:blog\w*[ -]?(?:post|entry|innlegg|beitrag)?|post|image|photo|video|article|artikkel|nyhet|nyheit"
    r"|pressemelding|publikasjon) ?[:.,]"
    r"|^(?:photo|video|audio|quote|blogged|blogg|blog|pressemelding|nyhet|nyheit|press release|news release|foto|commenting) ?:"
    r"|\bis out!|\b(?:top )?stories (?:today )?via |has added a (?:photo|video)|added to (?:flickr|youtube)"
    r"|(?:lagt|la) (?:til|ut) (?:et|eit|en|ein) (?:nytt? )?(?:bilde|video|album)"
    r"|\(at @?\w[^)]{0,80}\)|\(@ [^)]{1,80}\)|\s@ \w[^@#]{2,60}$|\[pic\]|powered by \w+\.?$|\bhow i did on twitter"
    r"|\b(?:our|my) (?:biggest fans|best rts) this week",
    re.IGNORECASE,
)
"""What blogs, photo services, newsletters and check-in apps write before a link by themselves."""


# --- rules asked of posts whose client is told ------------------------------------------------------------------------


@rule(
    "AUT001",
    message="Posted by {client}, which posts by itself.",
    hits=[
        [own("Nye satser", client="dlvr.it")],
        [own("Åpen dag", client='<a href="https://ifttt.com">IFTTT</a>')],
    ],
    misses=[[own("Nye satser", client="Tweetbot for Mac")]],
)
def posting_tool(see: Subject) -> Evidence:
    """Sees a client known to post by itself: a feed tool, a bot, a cross-poster, an app that writes the text.

    It is the surest sign there is. Wrong when a person wrote a single post by hand in such a tool.
    """
    return {"client": see.look.client} if see.look.kind is Client.TOOL else None


@rule(
    "AUT002",
    message="Posted by {client}, which nobody here has ever used to reply.",
    hits=[[own("Nye satser", client="Etatens publisering")]],
    misses=[[own("Nye satser", client="Etatens nett"), own("@v-aaaaaaaaaaaa Ja.", 3, client="Etatens nett")]],
)
def unknown_client_without_dialogue(see: Subject) -> Evidence:
    """Sees a client that is not known by name and that has never been used on this account to reply.

    An agency's own publishing system announces itself so. Wrong for a rare program by which a person only posts.
    """
    look = see.look
    unknown = look.kind is Client.UNKNOWN and look.client not in see.habits.answering
    return {"client": look.client} if unknown else None


@rule(
    "AUT003",
    weight=0.0,
    message="Posted by {client}, which posts at a time set beforehand.",
    hits=[[own("Nye satser", client="Hootsuite Inc.")]],
    misses=[[own("Nye satser", client="TweetDeck")]],
)
def scheduling_tool(see: Subject) -> Evidence:
    """Sees a known scheduler. It is told and not counted: people write what schedulers post, though some post feeds too."""
    return {"client": see.look.client} if see.look.kind is Client.SCHEDULER else None


@rule(
    "AUT020",
    message="Posted through {client}, where a person presses the button.",
    hits=[[own("Åpen dag", client="Tweetbot for iOS")], [own("Åpen dag", client="Facebook for iPhone")]],
    misses=[[own("Åpen dag", client="Instagram on iOS")], [own("Åpen dag")]],
)
def manual_client(see: Subject) -> Evidence:
    """Sees a client by which people post: a network's own, a third party's, a share button, a telephone's camera.

    Wrong when a program posts under such a name, which networks do not allow.
    """
    return {"client": see.look.client} if see.look.kind is Client.HAND else None


CLIENT: tuple[Rule[Subject], ...] = (
    posting_tool,
    unknown_client_without_dialogue,
    scheduling_tool,
    manual_client,
)
