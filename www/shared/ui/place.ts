/**
 * Where a fault is, for a person: a member such as `filing.levels` or a JSON pointer is for programs alone.
 * A number, such as that of a ticket, is for people.
 */

const MEMBER = /^(?:[a-z_][\w.[\]]*|\/.*)?$/i;

/** The place as a person may read it; nothing when only a program can use it. */
export function shownPlace(place: string): string {
  return MEMBER.test(place) ? '' : place;
}
