"""What a posting client is, by its name: a tool, a scheduler, or a program in which a person presses the button.

A name proves only what it is: an unknown name stays unknown and is judged by what it posts.
"""

from __future__ import annotations

import re
from enum import StrEnum
from html import unescape


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
    notified, meltwater feed, episerver, enonic, powerpress, npr feed, bit.ly feed, feed2toot, mastofeed, mastofeed.org, moa, moa.party,
    bridgy fed, mastodon auto-poster, activitypub for wordpress, rsstodon, toot bot, feed bot, n8n, make.com"""
)
SCHEDULERS = _names(
    """hootsuite, hootsuite inc., buffer, tweetdeck scheduler, later, laterbro, sprout social, sproutsocial, falcon social media management,
    falcon.io, socialbakers, emplifi, meet edgar, meetedgar, socialoomph, twuffer, tweetcaster scheduler, cotweet, spredfast, sprinklr,
    khoros, lithium, agorapulse, coschedule, socialflow, sendible, typefully, hypefury, publer, postcron, loomly, planable, ritekit, fedica, fedica.com,
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
    facebook mobile, links, videos, events, notes, questions, mobile uploads, wall photos, mastodon, mastodon share, tusky, ivory, ice cubes, icecubes, phanpy, elk, mona, fedilab, tuba,
    megalodon, moshidon, pinafore, semaphore, metatext, toot!, mammoth, whalebird, sengi, tootle, pachli, husky, mast, ivory for mac, tooot, mangane, soapbox, pages manager, facebook pages manager, meta business suite, business suite, photos, mobile, status"""
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
