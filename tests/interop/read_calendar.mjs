// Reads iCalendar texts (a JSON list on stdin) with ical.js and prints what it found, as JSON.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const seen = JSON.parse(readFileSync(0, "utf8")).map((text) => {
  const calendar = new ICAL.Component(ICAL.parse(text));
  return {
    method: calendar.getFirstPropertyValue("method"),
    events: calendar.getAllSubcomponents("vevent").map((component) => {
      const event = new ICAL.Event(component);
      const attendees = component.getAllProperties("attendee");
      return {
        uid: event.uid,
        sequence: event.sequence,
        summary: event.summary,
        description: event.description,
        location: event.location,
        starts: event.startDate.toJSDate().toISOString(),
        ends: event.endDate.toJSDate().toISOString(),
        stamp: component.getFirstPropertyValue("dtstamp").toJSDate().toISOString(),
        organizer: component.getFirstPropertyValue("organizer"),
        attendees: attendees.map((one) => ({
          address: one.getFirstValue(),
          name: one.getParameter("cn"),
          kind: one.getParameter("cutype"),
          role: one.getParameter("role"),
          answer: one.getParameter("partstat"),
          asks: one.getParameter("rsvp") ?? null,
        })),
        conferences: component.getAllProperties("conference").map((one) => ({
          address: one.getFirstValue(),
          value: one.getParameter("value"),
          feature: one.getParameter("feature"),
        })),
        attached: component.getAllProperties("attach").map((one) => one.getFirstValue()),
      };
    }),
  };
});
process.stdout.write(JSON.stringify(seen));
