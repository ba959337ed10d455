/** What the room's pages pass around. */

import type { Answer } from '../shared/api/client.ts';

export type RoomView = Answer<'/rooms/{batch}/{session}/{room}', 'get'>;
export type Seat = RoomView['seats'][number];
export type JournalLine = RoomView['journal'][number];
export type Waiting = RoomView['waiting'][number];

export interface Place {
  batch: string;
  session: number;
  room: string;
}

/** All states of a seat, in the order of an exam. */
export const SEAT_STATES = ['expected', 'waiting', 'bound', 'working', 'handed_in', 'absent', 'damaged'] as const;

/** How sittings ended, in the order in which they are counted. */
export const ENDS = ['handed_in', 'by_time', 'by_invigilator', 'absent', 'never_came'] as const;
