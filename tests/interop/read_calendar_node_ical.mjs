// Reads iCalendar texts (a JSON list on stdin) with node-ical and prints what it found, as JSON.
import { readFileSync } from "node:fs";
import ical from "node-ical";

const listed = (value) => (value === undefined ? [] : [value].flat());

const seen = JSON.parse(readFileSync(0, "utf8")).map((text) => {
  const entries = Object.values(ical.sync.parseICS(text));
  return {
    method: entries.find((one) => one.type === "VCALENDAR").method ?? null,
    events: entries
      .filter((one) => one.type === "VEVENT")
      .map((event) => ({
        uid: event.uid,
        sequence: Number(event.sequence),
        summary: event.summary,
        starts: event.start.toISOString(),
        ends: event.end.toISOString(),
        organizer: event.organizer?.val ?? null,
        attendees: listed(event.attendee).map((one) => ({ address: one.val })),
        attached: listed(event.attach),
      })),
  };
});
process.stdout.write(JSON.stringify(seen));
