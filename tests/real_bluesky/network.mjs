// Runs Bluesky's reference servers (directory, PDS and AppView) in one process, and a control server that makes
// accounts, posts and the rest in them. Needs DB_POSTGRES_URL and REDIS_HOST in the environment.
//
// Prints one line of JSON with the addresses when all is ready. Ends when told to (SIGTERM, SIGINT) or when its standard
// input is closed, and removes what it has written. The control server takes `POST /ACTION` with an object of JSON, and
// answers when the AppView has seen what was done.
import { mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const folder = mkdtempSync(join(tmpdir(), 'real-bluesky-'))
process.env.TMPDIR = folder // the PDS makes its folders here, and never removes them
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

// The servers would listen on all interfaces; their passwords are known to everybody.
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (where, ...rest) {
  const port = typeof where === 'number' || /^\d+$/.test(where) ? Number(where) : undefined
  if (port === undefined) return listen.call(this, where, ...rest)
  return listen.call(this, { port, host: '127.0.0.1' }, ...rest.filter((one) => typeof one === 'function'))
}

const BATCH = 200 // what applyWrites takes at once
const PATIENCE = 300_000 // milliseconds until the AppView must have caught up
const RULES = ['mentionRule', 'followerRule', 'followingRule']

const control = http.createServer(answer)
let network
let stopping
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, stop)
process.stdin.on('end', stop).on('error', stop).resume()

const { RichText } = await import('@atproto/api')
const { RecordRef, TestNetwork } = await import('@atproto/dev-env')

await new Promise((ready) => control.listen(0, '127.0.0.1', ready))
const controlUrl = `http://127.0.0.1:${control.address().port}`
network = await TestNetwork.create({ dbPostgresSchema: 'soma', bsky: { searchUrl: controlUrl } })
const seed = network.getSeedClient()
const dids = seed.dids // by handle

// The PDS looks for news ever more seldom, down to once a second: the tests would wait for that.
network.pds.ctx.sequencer.exponentialBackoff = () => sleep(10)

if (stopping) await close()
console.log(
  JSON.stringify({
    appview: network.bsky.url.replace('localhost', '127.0.0.1'),
    pds: network.pds.url.replace('localhost', '127.0.0.1'),
    control: controlUrl,
  }),
)

async function stop() {
  if (stopping) return
  stopping = true
  if (network) await close()
}

async function close() {
  control.closeAllConnections()
  control.close()
  await network.close()
  process.exit(0)
}

function did(actor) {
  const found = actor?.startsWith('did:') ? actor : dids[actor]
  if (!seed.accounts[found]) throw new Error(`no account ${actor} was made here`)
  return found
}

const asked = (actor) => ({ headers: seed.getHeaders(did(actor)), encoding: 'application/json' })
const asAdmin = () => ({ headers: network.pds.adminAuthHeaders(), encoding: 'application/json' })
const named = ({ uri, cid }) => ({ uri: uri.toString(), cid: cid.toString() })
const ref = ({ uri, cid }) => new RecordRef(uri, cid)

function parts(uri) {
  const [repo, collection, rkey] = uri.slice('at://'.length).split('/')
  return { repo, collection, rkey }
}

async function record({ text, langs, createdAt, extra }) {
  const rich = new RichText({ text })
  await rich.detectFacets(seed.agent)
  return { text, facets: rich.facets, langs, createdAt: createdAt ?? new Date().toISOString(), ...extra }
}

async function put(as, collection, rkey, value) {
  const { data } = await seed.agent.com.atproto.repo.putRecord(
    { repo: did(as), collection, rkey, record: { $type: collection, ...value } },
    asked(as),
  )
  return named(data)
}

async function read(repo, collection, rkey) {
  try {
    return (await seed.agent.com.atproto.repo.getRecord({ repo, collection, rkey })).data.value
  } catch (error) {
    if (error.error === 'RecordNotFound') return {}
    throw error
  }
}

// The AppView counts an account's posts and a post's replies anew for each of them. Among many at once, only the last
// count stays, so each is made once, at the end.
function countAtTheEnd() {
  const { post } = network.bsky.sub.indexingSvc.records
  const processor = Object.getPrototypeOf(post) // of all kinds of records; each transaction has its own of each
  const asBefore = processor.aggregateOnCommit
  const last = new Map()
  processor.aggregateOnCommit = function (indexed) {
    if (indexed.post) last.set(`${indexed.post.creator} ${indexed.post.replyParent}`, indexed)
    else asBefore.call(this, indexed)
  }
  return async () => {
    await network.processAll(PATIENCE)
    processor.aggregateOnCommit = asBefore
    for (const indexed of last.values()) await post.params.updateAggregates(network.bsky.db.db, indexed)
  }
}

async function write(as, values) {
  const written = []
  for (let first = 0; first < values.length; first += BATCH) {
    const { data } = await seed.agent.com.atproto.repo.applyWrites(
      {
        repo: did(as),
        writes: values.slice(first, first + BATCH).map((value) => ({
          $type: 'com.atproto.repo.applyWrites#create',
          collection: 'app.bsky.feed.post',
          value: { $type: 'app.bsky.feed.post', ...value },
        })),
      },
      asked(as),
    )
    written.push(...data.results.map(named))
  }
  return written
}

const actions = {
  async account({ handle, password }) {
    const made = await seed.createAccount(handle, { handle, password, email: `${handle.split('.')[0]}@mail.test` })
    return { did: made.did, handle: made.handle }
  },
  async app_password({ as, name }) {
    const { data } = await seed.agent.com.atproto.server.createAppPassword({ name }, asked(as))
    return { password: data.password }
  },
  async post({ as, ...post }) {
    return named(await seed.agent.app.bsky.feed.post.create({ repo: did(as) }, await record(post), asked(as).headers))
  },
  async reply({ as, root, parent, ...post }) {
    const value = { ...(await record(post)), reply: { root, parent } }
    return named(await seed.agent.app.bsky.feed.post.create({ repo: did(as) }, value, asked(as).headers))
  },
  async quote({ as, of, ...post }) {
    const value = { ...(await record(post)), embed: { $type: 'app.bsky.embed.record', record: of } }
    return named(await seed.agent.app.bsky.feed.post.create({ repo: did(as) }, value, asked(as).headers))
  },
  async repost({ as, of, createdAt }) {
    return (await seed.repost(did(as), ref(of), createdAt && { createdAt })).raw
  },
  async like({ as, of }) {
    return { uri: (await seed.like(did(as), ref(of))).toString() }
  },
  async follow({ as, whom }) {
    return (await seed.follow(did(as), did(whom))).raw
  },
  async block({ as, whom }) {
    return (await seed.block(did(as), did(whom))).raw
  },
  async threadgate({ as, root, allow, hiddenReplies }) {
    const rule = (name) => {
      if (!RULES.includes(name)) throw new Error(`no rule ${name}`)
      return { $type: `app.bsky.feed.threadgate#${name}` }
    }
    return put(as, 'app.bsky.feed.threadgate', parts(root).rkey, {
      post: root,
      allow: allow?.map(rule),
      hiddenReplies,
      createdAt: new Date().toISOString(),
    })
  },
  async delete({ uri }) {
    const { repo, collection, rkey } = parts(uri)
    await seed.agent.com.atproto.repo.deleteRecord({ repo, collection, rkey }, asked(repo))
    return {}
  },
  async replace({ uri, text }) {
    const { repo, collection, rkey } = parts(uri)
    const { facets } = await record({ text })
    return put(repo, collection, rkey, { ...(await read(repo, collection, rkey)), text, facets })
  },
  async handle({ as, handle }) {
    const of = did(as)
    await seed.updateHandle(of, handle)
    for (const old of Object.keys(dids)) if (dids[old] === of) delete dids[old]
    dids[handle] = of
    return {}
  },
  async deactivate({ as }) {
    await seed.agent.com.atproto.server.deactivateAccount({}, asked(as))
    return {}
  },
  async activate({ as }) {
    await seed.agent.com.atproto.server.activateAccount(undefined, { headers: asked(as).headers })
    return {}
  },
  async takedown({ as, applied = true }) {
    const subject = { $type: 'com.atproto.admin.defs#repoRef', did: did(as) }
    await seed.agent.com.atproto.admin.updateSubjectStatus({ subject, takedown: { applied } }, asAdmin())
    return {}
  },
  async remove_account({ as }) {
    await seed.agent.com.atproto.admin.deleteAccount({ did: did(as) }, asAdmin())
    return {}
  },
  async profile({ as, ...changed }) {
    const { signedInOnly, ...fields } = changed
    const old = await read(did(as), 'app.bsky.actor.profile', 'self')
    const values = signedInOnly ? [{ val: '!no-unauthenticated' }] : []
    const labels = signedInOnly === undefined ? old.labels : { $type: 'com.atproto.label.defs#selfLabels', values }
    return put(as, 'app.bsky.actor.profile', 'self', { ...old, ...fields, labels })
  },
  async chat({ as, allowIncoming }) {
    return put(as, 'chat.bsky.actor.declaration', 'self', { allowIncoming })
  },
  async bulk({ as, posts = 0, replies = 0, by, under, start, step = 60 }) {
    const began = performance.now()
    const count = countAtTheEnd()
    const first = start ? Date.parse(start) : Date.now() - (posts + replies) * step * 1000
    const at = (n) => new Date(first + n * step * 1000).toISOString()
    const of = (length, text, from, rest) =>
      Array.from({ length }, (_, n) => ({ text: `${text} ${n + 1}`, langs: ['nb'], createdAt: at(from + n), ...rest }))
    const written = await write(as, of(posts, 'Innlegg', 0))
    const root = under ?? written[0]
    const answers = replies ? await write(by ?? as, of(replies, 'Svar', posts, { reply: { root, parent: root } })) : []
    const seconds = (performance.now() - began) / 1000
    await count()
    return { posts: written, replies: answers, seconds, indexing: (performance.now() - began) / 1000 - seconds }
  },
}

const queries = {
  // Nor is the index that searchActors asks: this one finds a word in names and handles.
  async 'xrpc/app.bsky.unspecced.searchActorsSkeleton'(asked) {
    const word = asked.get('q').toLowerCase()
    const { db } = network.bsky.db
    const found = await db
      .selectFrom('actor')
      .leftJoin('profile', 'profile.creator', 'actor.did')
      .select(['actor.did', 'actor.handle', 'profile.displayName'])
      .execute()
    const like = (row) => `${row.displayName ?? ''} ${row.handle ?? ''}`.toLowerCase().includes(word)
    return { actors: found.filter(like).slice(0, Number(asked.get('limit') ?? 25)).map(({ did }) => ({ did })) }
  },
  // The index that searchPosts asks is a service of its own, and not published: this stands in for it. The AppView asks
  // it for addresses, and shows the posts itself.
  async 'xrpc/app.bsky.unspecced.searchPostsSkeleton'(asked) {
    const limit = Number(asked.get('limit') ?? 25)
    const offset = Number(asked.get('cursor') ?? 0)
    const actor = (name) => (name.startsWith('did:') ? name : (dids[name] ?? name))
    let found = network.bsky.db.db.selectFrom('post').innerJoin('record', 'record.uri', 'post.uri').select('post.uri')
    const mentioned = asked.get('mentions')
    if (mentioned) found = found.where('record.json', 'like', `%"did":"${actor(mentioned)}"%`)
    if (asked.get('author')) found = found.where('post.creator', '=', actor(asked.get('author')))
    if (asked.get('since')) found = found.where('post.sortAt', '>=', new Date(asked.get('since')).toISOString())
    if (asked.get('until')) found = found.where('post.sortAt', '<', new Date(asked.get('until')).toISOString())
    if (asked.get('q') !== '*') found = found.where('post.text', 'ilike', `%${asked.get('q')}%`)
    const posts = await found.orderBy('post.sortAt', 'desc').orderBy('post.cid').limit(limit).offset(offset).execute()
    return { posts, cursor: posts.length === limit ? String(offset + limit) : undefined }
  },
}

async function answer(request, response) {
  let status = 200
  let body
  try {
    const { pathname, searchParams } = new URL(request.url, controlUrl)
    const name = pathname.slice(1)
    if (request.method === 'GET') {
      body = await queries[name](searchParams)
    } else {
      const chunks = []
      for await (const chunk of request) chunks.push(chunk)
      if (!Object.hasOwn(actions, name)) throw new Error(`no action ${name}`)
      body = await actions[name](JSON.parse(Buffer.concat(chunks).toString() || '{}'))
      await network.processAll(PATIENCE)
    }
  } catch (error) {
    status = 400
    body = { error: error.error ?? error.name, message: error.message }
  }
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
