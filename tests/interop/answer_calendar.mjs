// Answers invitations (a JSON list on stdin of {calendar, answer, stamp, comment}) with ical.js and prints the REPLYs.
import ICAL from "ical.js";
import { readFileSync } from "node:fs";

const kept = ["uid", "sequence", "organizer", "dtstart", "dtend", "summary", "recurrence-id"];

const replies = JSON.parse(readFileSync(0, "utf8")).map(({ calendar, answer, stamp, comment }) => {
  const request = new ICAL.Component(ICAL.parse(calendar));
  const asked = request.getFirstSubcomponent("vevent");
  const reply = new ICAL.Component("vcalendar");
  reply.updatePropertyWithValue("prodid", "-//ical.js//tests//EN");
  reply.updatePropertyWithValue("version", "2.0");
  reply.updatePropertyWithValue("method", "REPLY");
  const event = new ICAL.Component("vevent");
  for (const name of kept) {
    const property = asked.getFirstProperty(name);
    if (property) event.addProperty(new ICAL.Property(JSON.parse(JSON.stringify(property.toJSON()))));
  }
  const attendee = new ICAL.Property(JSON.parse(JSON.stringify(asked.getFirstProperty("attendee").toJSON())));
  attendee.setParameter("partstat", answer);
  attendee.removeParameter("rsvp");
  event.addProperty(attendee);
  event.updatePropertyWithValue("dtstamp", ICAL.Time.fromDateTimeString(stamp));
  if (comment) event.addPropertyWithValue("comment", comment);
  reply.addSubcomponent(event);
  return reply.toString();
});
process.stdout.write(JSON.stringify(replies));
