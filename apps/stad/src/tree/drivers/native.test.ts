import { attributeDriverSuite } from '../testing/attribute-driver-suite.ts';
import { realAttributesSuite } from '../testing/real-attributes-suite.ts';
import { whyNoAttributes } from '../testing/real-files.ts';
import { NativeDriver } from './native.ts';

const noAttributes = await whyNoAttributes();

for (const way of ['by-name', 'by-descriptor'] as const) {
  const driver = await NativeDriver.open(way);
  attributeDriverSuite(`native, ${way}`, () => Promise.resolve(driver), noAttributes);
  realAttributesSuite(`native, ${way}`, () => Promise.resolve(driver));
}
