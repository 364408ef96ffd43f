"""The statements of the engine, as the database sees them."""

_PLACED = "r.association_id, r.key, r.id, r.code, r.state, r.size, r.offer_id, r.held_until, r.holder_id"
_BY_KEY = """
    FROM unnest(%(associations)s::uuid[], %(keys)s::text[]) AS k(association_id, key)
    JOIN capacity_reservation r ON r.association_id = k.association_id AND r.key = k.key
"""

# What earlier attempts got.
KNOWN = f"SELECT {_PLACED} {_BY_KEY}"

# One row: counters (locked), reservations by key, active seats, blocks.
READ = f"""
WITH pool AS MATERIALIZED (
    SELECT id, capacity - taken AS free, is_open, capacity FROM capacity_pool
    WHERE id = ANY(%(pools)s::uuid[]) ORDER BY id FOR UPDATE
)
SELECT
    (SELECT json_agg(json_build_array(id, free, is_open, capacity)) FROM pool),
    (SELECT json_agg(json_build_array({_PLACED})) {_BY_KEY}),
    (SELECT json_agg(json_build_array(s.association_id, s."window", s.identity))
     FROM unnest(%(seat_associations)s::uuid[], %(windows)s::uuid[], %(identities)s::text[])
        AS w(association_id, "window", identity)
     JOIN capacity_seat s ON s.association_id = w.association_id AND s."window" = w."window"
        AND s.identity = w.identity AND s.is_active),
    (SELECT json_agg(json_build_array(b.association_id, b.venue_id, b.subject, b.until))
     FROM unnest(%(block_associations)s::uuid[], %(venues)s::uuid[], %(subjects)s::text[])
        AS w(association_id, venue_id, subject)
     JOIN capacity_block b ON b.association_id = w.association_id AND b.subject = w.subject
        AND b.venue_id = w.venue_id AND b.since <= %(now)s AND b.until > %(now)s AND b.lifted_at IS NULL)
"""  # noqa: S608  parts of this module

# Everything a batch of granted orders leaves behind, in one statement: counters, reservations, seats, the audit log
# (kexie.platform.audit) and the outbox (kexie.platform.outbox).
WRITE = """
WITH raised AS (
    UPDATE capacity_pool p SET taken = p.taken + d.amount
    FROM unnest(%(pools)s::uuid[], %(raised)s::int[]) AS d(id, amount) WHERE p.id = d.id
), limited AS (
    INSERT INTO capacity_pool (id, association_id, channel, capacity, wanted, taken, is_open, drop_on)
    SELECT l.id, l.association_id, 'LIMIT', l.capacity, l.capacity, l.amount, true, l.drop_on
    FROM unnest(%(limits)s::uuid[], %(limit_associations)s::uuid[], %(limit_capacities)s::int[],
        %(limit_amounts)s::int[], %(limit_drops)s::date[]) AS l(id, association_id, capacity, amount, drop_on)
    ON CONFLICT (id) DO UPDATE SET taken = capacity_pool.taken + EXCLUDED.taken,
        capacity = EXCLUDED.capacity, wanted = EXCLUDED.wanted
), granted AS MATERIALIZED (
    SELECT * FROM unnest(%(ids)s::uuid[], %(codes)s::text[], %(associations)s::uuid[], %(keys)s::text[],
        %(offers)s::uuid[], %(venues)s::uuid[], %(days)s::date[], %(channels)s::text[], %(holders)s::uuid[],
        %(sizes)s::int[], %(pool_lists)s::text[], %(amount_lists)s::text[], %(details)s::bytea[],
        %(untils)s::timestamptz[], %(moved)s::uuid[], %(moves)s::int[], %(actors)s::text[], %(ips)s::text[],
        %(entry_ids)s::uuid[], %(event_ids)s::uuid[])
        AS g(id, code, association_id, key, offer_id, venue_id, day, channel, holder_id, size, pools, amounts,
            details, held_until, moved_from_id, moves, actor, ip, entry_id, event_id)
), made AS (
    INSERT INTO capacity_reservation (id, association_id, key, code, offer_id, venue_id, day, channel, holder_id,
        size, admitted, pools, amounts, details, state, made_at, held_until, confirmed_at, end_reason,
        moved_from_id, moves)
    SELECT id, association_id, key, code, offer_id, venue_id, day, channel, holder_id, size, 0, pools::uuid[],
        amounts::smallint[], details, CASE WHEN held_until IS NULL THEN 'CONFIRMED' ELSE 'HELD' END, %(now)s,
        held_until, CASE WHEN held_until IS NULL THEN %(now)s END, '', moved_from_id, moves
    FROM granted
), seated AS (
    INSERT INTO capacity_seat (id, association_id, reservation_id, "window", identity, is_active)
    SELECT *, true FROM unnest(%(seat_ids)s::uuid[], %(seat_associations)s::uuid[], %(seat_reservations)s::uuid[],
        %(seat_windows)s::uuid[], %(seat_identities)s::text[])
), logged AS (
    INSERT INTO audit_entry (id, association_id, at, actor_id, actor_name, action, subject_type, subject_id,
        subject_label, succeeded, detail, reason, ip)
    SELECT entry_id, association_id, %(now)s, holder_id, actor,
        CASE WHEN held_until IS NULL THEN 'capacity.book' ELSE 'capacity.hold' END, 'capacity.reservation',
        id::text, code, true, jsonb_build_object('offer', offer_id, 'size', size, 'channel', channel), '', ip::inet
    FROM granted
)
INSERT INTO outbox_event (id, association_id, kind, subject_id, payload, at)
SELECT event_id, association_id,
    CASE WHEN held_until IS NULL THEN 'reservation.confirmed' ELSE 'reservation.held' END, id,
    jsonb_build_object('offer', offer_id, 'venue', venue_id, 'day', day, 'size', size, 'channel', channel,
        'code', code), %(now)s
FROM granted
"""
