import { expect, test } from 'vitest';
import { deviceName } from './device-name.ts';

test('browsers that name others first are told apart', () => {
  const chrome =
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.0.0 Safari/537.36';
  expect(deviceName(chrome)).toBe('Chrome · Windows');
  expect(deviceName(`${chrome} Edg/109.0.1518.61`)).toBe('Edge · Windows');
  expect(deviceName('Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0')).toBe('Firefox · Linux');
  const tablet =
    'Mozilla/5.0 (Linux; Android 13; SM-X200) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36';
  expect(deviceName(tablet)).toBe('Chrome · Android');
  expect(deviceName('kaoping-demo')).toBeNull();
});
