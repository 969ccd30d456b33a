import { createPrivateKey } from 'node:crypto';
import fc from 'fast-check';
import { CompactSign } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { CaPoolError, readCaPool } from './certificate.ts';
import { UnauthenticatedError, type UnauthenticatedCode } from './errors.ts';
import { createCa, type CertificateRequest } from './issue-certificate.ts';
import { authorize } from './scope.ts';
import { signingKey } from './signing-certificate.ts';
import {
  clock,
  goodClaims,
  newSigner,
  newSite,
  newToken,
  NOW_MS,
  NOW_S,
  validity,
  x5cOf,
  type Site,
  type Token,
} from './testing/site.ts';
import { tokenVerifier, type TokenVerifier } from './token-verifier.ts';
import * as x509 from './x509.ts';

let site: Site;
let verify: TokenVerifier;

beforeAll(async () => {
  site = await newSite();
  verify = tokenVerifier({ caPem: site.ca.certificate, clock });
});

describe('takes', () => {
  it.each(['RS256', 'RS384', 'RS512'])('a good token, %s', async (alg) => {
    const token = await newToken(site.signer, { header: { alg } });
    const identity = await verify({ token, peerDnsNames: [] });
    expect(identity.subject).toBe('alice');
    expect(() => {
      authorize(identity.scopes, { action: 'fso/freeze-repo', path: '/data/foo' });
    }).not.toThrow();
  });

  it('a token of another repo, but not for this one', async () => {
    const { scopes } = await verify({ token: await newToken(site.signer), peerDnsNames: [] });
    expect(() => {
      authorize(scopes, { action: 'fso/freeze-repo', path: '/data/bar' });
    }).toThrow(expect.objectContaining({ code: 'SCOPE_MISSING', message: 'default deny' }));
  });

  it('x5c as an array, of which the first counts', async () => {
    const x5c = [x5cOf(site.signer), 'whatever else'];
    const token = await newToken(site.signer, { header: { x5c } });
    await expect(verify({ token, peerDnsNames: [] })).resolves.toMatchObject({ subject: 'alice' });
  });

  it('a token that never ends, as the Go system does', async () => {
    const token = await newToken(site.signer, { claims: { exp: undefined, iat: undefined } });
    await expect(verify({ token, peerDnsNames: [] })).resolves.toMatchObject({ subject: 'alice' });
  });

  it('any of several authorities', async () => {
    const other = await createCa('Other site', validity);
    const caPem = `some words\n${other.certificate}${site.ca.certificate}`;
    const both = tokenVerifier({ caPem, clock });
    const token = await newToken(site.signer);
    await expect(both({ token, peerDnsNames: [] })).resolves.toMatchObject({ subject: 'alice' });
  });
});

describe('refuses a call', () => {
  it('without a token', async () => {
    await expect(verify({ token: undefined, peerDnsNames: [] })).rejects.toThrow(
      expect.objectContaining({
        code: 'TOKEN_MISSING',
        message: 'missing GRPC authorization metadata',
      }),
    );
  });

  const nested = (text: string): string => `rpc error: code = Unauthenticated desc = ${text}`;

  it.each<[UnauthenticatedCode, string, Token]>([
    ['TOKEN_EXPIRED', 'Token is expired', { claims: { exp: NOW_S } }],
    ['TOKEN_EXPIRED', 'Token is expired', { claims: { exp: NOW_S - 1000 } }],
    ['TOKEN_NOT_YET_VALID', 'Token is not valid yet', { claims: { nbf: NOW_S + 1 } }],
    ['TOKEN_NOT_YET_VALID', 'Token used before issued', { claims: { iat: NOW_S + 1 } }],
    ['TOKEN_CLAIM_WRONG', 'malformed token claim `exp`', { claims: { exp: '9999999999' } }],
    ['TOKEN_CLAIM_WRONG', 'malformed token claim `exp`', { claims: { exp: null } }],
    ['TOKEN_CLAIM_WRONG', 'malformed token claim `iat`', { claims: { iat: 'now' } }],
    ['TOKEN_UNTRUSTED', nested('missing JWT x5c header'), { header: { x5c: undefined } }],
    ['TOKEN_UNTRUSTED', nested('missing JWT x5c header'), { header: { x5c: [] } }],
    ['TOKEN_UNTRUSTED', nested('missing JWT x5c header'), { header: { x5c: 7 } }],
    ['TOKEN_UNTRUSTED', nested('malformed JWT x5c header'), { header: { x5c: '' } }],
    ['TOKEN_UNTRUSTED', nested('malformed JWT x5c header'), { header: { x5c: 'AAAA' } }],
    ['TOKEN_UNTRUSTED', nested('malformed JWT x5c header'), { header: { x5c: '!?' } }],
  ])('%s, %s: %j', async (code, reason, changes) => {
    const token = await newToken(site.signer, changes);
    await expectRefusal(token, { code, message: `invalid token: ${reason}` });
  });

  it.each([
    ['', 'token contains an invalid number of segments'],
    ['a.b', 'token contains an invalid number of segments'],
    ['a.b.c.d', 'token contains an invalid number of segments'],
    ['Bearer a.b.c', "tokenstring should not contain 'bearer '"],
    ['a.b.c', 'token is malformed'],
    ['..', 'token is malformed'],
  ])('with no token at all: %j', async (token, reason) => {
    await expectRefusal(token, { code: 'TOKEN_MALFORMED', message: `invalid token: ${reason}` });
  });

  it('whose token has no signature', async () => {
    const parts = [{ alg: 'none', x5c: x5cOf(site.signer) }, goodClaims];
    const token = `${parts.map(encoded).join('.')}.`;
    await expectRefusal(token, {
      code: 'TOKEN_UNTRUSTED',
      message: `invalid token: ${nested('wrong JWT signing method')}`,
    });
  });

  it('whose token is signed with what is public', async () => {
    const secret = new TextEncoder().encode(site.signer.certificate);
    const token = await new CompactSign(new TextEncoder().encode(JSON.stringify(goodClaims)))
      .setProtectedHeader({ alg: 'HS256', x5c: x5cOf(site.signer) })
      .sign(secret);
    await expectRefusal(token, {
      code: 'TOKEN_UNTRUSTED',
      message: `invalid token: ${nested('wrong JWT signing method')}`,
    });
  });

  it('whose claims are not the signed ones', async () => {
    const [header, , signature] = (await newToken(site.signer)).split('.');
    const claims = encoded({ ...goodClaims, sub: 'mallory' });
    await expectRefusal(`${header ?? ''}.${claims}.${signature ?? ''}`, {
      code: 'TOKEN_UNTRUSTED',
      message: 'invalid token: crypto/rsa: verification error',
    });
  });

  it('whose claims are no object', async () => {
    const token = await new CompactSign(new TextEncoder().encode('[]'))
      .setProtectedHeader({ alg: 'RS256', x5c: x5cOf(site.signer) })
      .sign(createPrivateKey(site.signer.privateKey));
    await expectRefusal(token, {
      code: 'TOKEN_MALFORMED',
      message: 'invalid token: token is malformed',
    });
  });
});

describe('refuses a certificate', () => {
  const expired = { fromMs: NOW_MS - 2000, toMs: NOW_MS - 1000 };
  const unusable = 'invalid x5c header: x509: certificate has expired or is not yet valid';
  const wrongUnit = 'JWT x5c header has wrong X.509 OU';

  it.each<[string, Partial<CertificateRequest>, string]>([
    ['of another unit', { organizationalUnits: ['other'] }, wrongUnit],
    ['of no unit', { organizationalUnits: [] }, wrongUnit],
    ['of two units', { organizationalUnits: ['nogfsoiam', 'other'] }, wrongUnit],
    ['of one unit twice', { organizationalUnits: ['nogfsoiam', 'nogfsoiam'] }, wrongUnit],
    ['that has expired', { validity: expired }, unusable],
    ['that is not RSA', { purpose: 'client' }, 'JWT x5c key is not RSA with 2048 bits or more'],
  ])('%s', async (_, changes, reason) => {
    const signer = await newSigner(site.ca, changes);
    expect(keyOf(x5cOf(signer))).toThrow(untrusted(reason));
  });

  it('that may sign certificates only, as that of the authority', () => {
    const reason = 'JWT x5c key usage does not include signing';
    expect(keyOf(x5cOf(site.ca))).toThrow(untrusted(reason));
  });

  const unknownAuthority = 'invalid x5c header: x509: certificate signed by unknown authority';

  it('of another authority, even one of the same name', async () => {
    const other = await createCa('Test site', validity);
    expect(keyOf(x5cOf(await newSigner(other)))).toThrow(untrusted(unknownAuthority));
  });

  it('that names the authority, without its signature', () => {
    const forged = Buffer.from(x5cOf(site.signer), 'base64');
    // The last byte belongs to the signature.
    forged.writeUInt8(forged.readUInt8(forged.length - 1) ^ 1, forged.length - 1);
    expect(keyOf(forged.toString('base64'))).toThrow(untrusted(unknownAuthority));
  });

  it('of an authority that has expired', async () => {
    const ca = await createCa('Old site', expired);
    const signer = await newSigner(ca);
    expect(keyOf(x5cOf(signer), ca.certificate)).toThrow(untrusted(unknownAuthority));
  });

  it('of somebody who is no authority', async () => {
    const fake = await newSigner(await newSigner(site.ca, { purpose: 'client' }));
    expect(keyOf(x5cOf(fake))).toThrow(untrusted(unknownAuthority));
  });

  it('that states a condition which nobody here knows', async () => {
    const signer = await newStrangeSigner();
    expect(keyOf(signer)).toThrow(
      untrusted('invalid x5c header: x509: unhandled critical extension'),
    );
  });

  it('of a unit that others are configured for', async () => {
    const other = tokenVerifier({
      caPem: site.ca.certificate,
      organizationalUnit: 'other',
      clock,
    });
    await expect(other({ token: await newToken(site.signer), peerDnsNames: [] })).rejects.toThrow(
      untrusted(wrongUnit),
    );
  });
});

describe('a token that is bound to hosts', () => {
  const bound = { claims: { san: ['DNS:WS.example.org', 'DNS:other'] } };

  it.each([[['ws.example.org']], [['unrelated', 'ws.EXAMPLE.org']]])(
    'is taken from %j',
    async (peerDnsNames) => {
      const token = await newToken(site.signer, bound);
      const identity = await verify({ token, peerDnsNames });
      expect(identity.san).toEqual(['WS.example.org', 'other']);
    },
  );

  it.each([[[]], [['thief.example.org']], [['*.example.org']], [['example.org']]])(
    'is refused from %j',
    async (peerDnsNames) => {
      const token = await newToken(site.signer, bound);
      await expect(verify({ token, peerDnsNames })).rejects.toThrow(
        expect.objectContaining({ code: 'TOKEN_OF_OTHER_PEER' }),
      );
    },
  );

  it('is refused from anybody if it lists nobody', async () => {
    const token = await newToken(site.signer, { claims: { san: [] } });
    await expect(verify({ token, peerDnsNames: ['a'] })).rejects.toThrow(UnauthenticatedError);
  });
});

describe('a pool of authorities', () => {
  it.each(['', 'no PEM', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'])(
    'is refused at once: %j',
    (caPem) => {
      expect(() => tokenVerifier({ caPem, clock })).toThrow(CaPoolError);
    },
  );

  it('must not hold others', () => {
    const caPem = site.ca.certificate + site.signer.certificate;
    expect(() => tokenVerifier({ caPem, clock })).toThrow(CaPoolError);
  });
});

describe('whatever it is given', () => {
  const settles = async (token: string): Promise<void> => {
    await expect(verify({ token, peerDnsNames: [] })).rejects.toThrow(UnauthenticatedError);
  };

  it('any text', async () => {
    await fc.assert(fc.asyncProperty(fc.string(), settles));
  });

  it('any header and claims', async () => {
    const header = fc.record(
      { alg: fc.constantFrom('RS256', 'none', 'b', 7), x5c: fc.jsonValue(), crit: fc.jsonValue() },
      { requiredKeys: ['alg'] },
    );
    const token = fc
      .tuple(fc.oneof(fc.jsonValue(), header), fc.jsonValue(), fc.base64String())
      .map(([first, second, signature]) => `${encoded(first)}.${encoded(second)}.${signature}`);
    await fc.assert(fc.asyncProperty(token, settles));
  });

  it('a good token with a letter changed is the same token, or none', async () => {
    const good = await newToken(site.signer);
    const identity = await verify({ token: good, peerDnsNames: [] });
    const change = fc.tuple(
      fc.nat(good.length - 1),
      fc.constantFrom('A', '0', '-', '_', '.', '+', '=', ' '),
    );
    await fc.assert(
      fc.asyncProperty(change, async ([at, letter]) => {
        const token = good.slice(0, at) + letter + good.slice(at + 1);
        try {
          expect(await verify({ token, peerDnsNames: [] })).toEqual(identity);
        } catch (error) {
          expect(error).toBeInstanceOf(UnauthenticatedError);
        }
      }),
    );
  });
});

async function expectRefusal(
  token: string,
  expected: { code: UnauthenticatedCode; message: string },
): Promise<void> {
  const refused = verify({ token, peerDnsNames: [] });
  await expect(refused).rejects.toBeInstanceOf(UnauthenticatedError);
  await expect(refused).rejects.toMatchObject(expected);
}

function untrusted(text: string): unknown {
  return expect.objectContaining({
    name: 'UnauthenticatedError',
    code: 'TOKEN_UNTRUSTED',
    message: `invalid token: rpc error: code = Unauthenticated desc = ${text}`,
  });
}

function keyOf(x5c: string, caPem = site.ca.certificate): () => unknown {
  const trust = { pool: readCaPool(caPem), organizationalUnit: 'nogfsoiam' };
  return () => signingKey(x5c, trust, NOW_MS);
}

/** Signed as it should be, with a critical extension of nobody's. */
async function newStrangeSigner(): Promise<string> {
  const ca = new x509.X509Certificate(site.ca.certificate);
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const certificate = await x509.X509CertificateGenerator.create({
    issuer: ca.subjectName,
    subject: [{ OU: ['nogfsoiam'] }],
    notBefore: new Date(validity.fromMs),
    notAfter: new Date(validity.toMs),
    publicKey: ca.publicKey,
    signingKey: createPrivateKey(site.ca.privateKey).toCryptoKey(algorithm, false, ['sign']),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature),
      new x509.Extension('1.2.3.4.5', true, new Uint8Array([5, 0])),
    ],
  });
  return certificate.toString('base64');
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
