// stdin: {"document": an AsyncAPI document, "records": [{"event_type", "value"}]}
// stdout: {"diagnostics": what the AsyncAPI parser complains of, "invalid": records that their message's schema refuses}
import { Parser } from '@asyncapi/parser';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';

let input = '';
for await (const chunk of process.stdin) input += chunk;
const { document, records } = JSON.parse(input);

const { diagnostics } = await new Parser().parse(JSON.stringify(document));

const ajv = addFormats(new Ajv({ strict: false, allErrors: true }));
ajv.addSchema({ ...document, $id: 'https://beat.test/asyncapi.json' });
const invalid = records.flatMap(({ event_type, value }) => {
  const validate = ajv.getSchema(`https://beat.test/asyncapi.json#/components/messages/${event_type}/payload`);
  if (!validate) return [{ event_type, errors: 'no such message' }];
  return validate(value) ? [] : [{ event_type, errors: ajv.errorsText(validate.errors) }];
});

console.log(JSON.stringify({
  diagnostics: diagnostics.filter(({ severity }) => severity <= 1).map(({ code, message, path }) => `${code} ${path.join('.')}: ${message}`),
  invalid,
}));
