import type { LogicalTypeKind } from '@millrace/spec';

import { entropyPerCharacter, isIban, isLuhn } from './check-digits.ts';

/**
 * How a column concerns people. `direct`: it names a person. `quasi`: together with others it does. `sensitive`: it tells
 * what is nobody's business. `secret`: it opens something.
 */
export type PersonalClass = 'direct' | 'quasi' | 'sensitive' | 'secret' | 'none';

export type MeaningName = (typeof MEANINGS)[number]['name'];

/** One thing that a column can be about, and how it is told. */
export interface Meaning {
  readonly name: string;
  /** In the words of a person: `e-mail addresses`. */
  readonly words: string;
  readonly personal: PersonalClass;
  /** Types that can hold it. */
  readonly kinds: readonly LogicalTypeKind[];
  /** Names of columns, as words joined by a space. */
  readonly named: RegExp;
  /** True when the name alone says it only in tables about people. */
  readonly needsPersonTable?: true;
  readonly isValue?: (text: string) => boolean;
  /** Share of values of other columns of the same types that pass `isValue`. */
  readonly chance?: number;
}

const TEXT = ['string'] as const;
const NUMBER = ['integer', 'decimal', 'float'] as const;

function meaning<const Name extends string>(entry: Meaning & { readonly name: Name }) {
  return entry;
}

/** Most telling first. Names are given in several languages, because schemas are. */
export const MEANINGS = [
  meaning({
    name: 'email',
    words: 'e-mail addresses',
    personal: 'direct',
    kinds: TEXT,
    named: /\be ?mail\b|\bcorreo\b|\bcourriel\b|\bmail address/,
    isValue: (text) => /^[^\s@,;]+@[^\s@,;]+\.[^\s@,;]{2,}$/.test(text),
  }),
  meaning({
    name: 'password',
    words: 'passwords or their hashes',
    personal: 'secret',
    kinds: ['string', 'bytes'],
    named: /\b(?:password|passwd|pwd|pass hash|passwort|mot de passe|contrasena|pin code|salt)\b/,
  }),
  meaning({
    name: 'secret',
    words: 'keys or tokens',
    personal: 'secret',
    kinds: ['string', 'bytes'],
    named:
      /\b(?:secret|api key|access token|refresh token|auth token|session token|private key|otp|credential)\b/,
    isValue: (text) =>
      text.length >= 20 &&
      !/[\s@/]/.test(text) &&
      /\d/.test(text) &&
      /[a-zA-Z]/.test(text) &&
      !/^[0-9a-f-]{32,36}$/i.test(text) &&
      entropyPerCharacter(text) >= 4,
    chance: 0.05,
  }),
  meaning({
    name: 'iban',
    words: 'bank accounts (IBAN)',
    personal: 'direct',
    kinds: TEXT,
    named: /\biban\b|\bbank account\b|\bkontonummer\b/,
    isValue: isIban,
    chance: 0.01,
  }),
  meaning({
    name: 'cardNumber',
    words: 'payment cards',
    personal: 'direct',
    kinds: ['string', 'integer', 'decimal'],
    named: /\b(?:credit ?card|card (?:number|no|num)|pan|cc (?:number|num))\b/,
    isValue: isLuhn,
    chance: 0.1,
  }),
  meaning({
    name: 'phone',
    words: 'phone numbers',
    personal: 'direct',
    kinds: ['string', 'integer'],
    named: /\b(?:phone|tel|telephone|telefono|telefon|mobile|cell|handy|fax|telefonnummer|телефон)\b/,
    isValue: (text) =>
      /^\+?[\d ().\-/]{7,20}(?: ?(?:x|ext\.?) ?\d{1,5})?$/.test(text) &&
      text.replace(/\D/g, '').length >= 7 &&
      /^[+(0]|[ .\-()]/.test(text),
    chance: 0.1,
  }),
  meaning({
    name: 'nationalId',
    words: 'official identity numbers',
    personal: 'direct',
    kinds: ['string', 'integer'],
    named:
      /\b(?:ssn|social security|national id|passport|tax id|tin|nif|dni|cpf|personnummer|steuer ?id|driver licen[cs]e|licen[cs]e plate)\b/,
  }),
  meaning({
    name: 'ipAddress',
    words: 'IP addresses',
    personal: 'direct',
    kinds: TEXT,
    named: /\b(?:ip|ip address|remote addr|client ip)\b/,
    isValue: (text) =>
      /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\/\d\d?)?$|^(?=.*:.*:)[0-9a-f:]{3,39}(?:\/\d{1,3})?$/i.test(
        text,
      ),
  }),
  meaning({
    name: 'url',
    words: 'addresses of web pages',
    personal: 'none',
    kinds: TEXT,
    named: /\b(?:url|uri|link|website|homepage|href)\b/,
    isValue: (text) => /^(?:https?|ftp):\/\/\S+$|^www\.\S+$/i.test(text),
  }),
  meaning({
    name: 'firstName',
    words: 'first names',
    personal: 'direct',
    kinds: TEXT,
    named: /\b(?:first ?name|given ?name|forename|vorname|prenom|nombre|fname|middle ?name|имя)\b/,
    isValue: isNameLike,
    chance: 0.3,
  }),
  meaning({
    name: 'lastName',
    words: 'last names',
    personal: 'direct',
    kinds: TEXT,
    named: /\b(?:last ?name|surname|family ?name|nachname|apellido|lname|maiden ?name|фамилия)\b/,
    isValue: isNameLike,
    chance: 0.3,
  }),
  meaning({
    name: 'personName',
    words: "people's names",
    personal: 'direct',
    kinds: TEXT,
    named:
      /\b(?:full ?name|contact ?name|customer ?name|person ?name|employee ?name|display ?name|card ?holder|recipient(?: name)?|author ?name)\b/,
    isValue: isNameLike,
    chance: 0.3,
  }),
  meaning({
    name: 'personName',
    words: "people's names",
    personal: 'direct',
    kinds: TEXT,
    named: /^(?:name|nom|namen)$/,
    needsPersonTable: true,
    isValue: isNameLike,
    chance: 0.3,
  }),
  meaning({
    name: 'userName',
    words: 'user names',
    personal: 'direct',
    kinds: TEXT,
    named: /\b(?:user ?name|login|screen ?name|nick ?name|handle|twitter|skype)\b/,
  }),
  meaning({
    name: 'streetAddress',
    words: 'street addresses',
    personal: 'direct',
    kinds: TEXT,
    named: /\b(?:street|address|addr|strasse|straße|direccion|adresse|rue)\b/,
  }),
  meaning({
    name: 'birthDate',
    words: 'dates of birth',
    personal: 'quasi',
    kinds: ['date', 'timestamp', 'string'],
    named: /\b(?:birth ?date|date of birth|dob|birth ?day|geburtsdatum|born(?: on)?|fecha nacimiento)\b/,
  }),
  meaning({
    name: 'gender',
    words: 'gender',
    personal: 'quasi',
    kinds: ['string', 'integer', 'boolean'],
    named: /\b(?:gender|sex|geschlecht|genero)\b/,
  }),
  meaning({
    name: 'health',
    words: 'health',
    personal: 'sensitive',
    kinds: ['string', 'integer', 'json', 'boolean'],
    named: /\b(?:diagnosi|diagnosis|disease|medication|allergy|blood type|disability|prescription|icd ?10)\b/,
  }),
  meaning({
    name: 'belief',
    words: 'origin or belief',
    personal: 'sensitive',
    kinds: ['string', 'integer'],
    named: /\b(?:religion|ethnicity|race|political party|sexual orientation|union membership)\b/,
  }),
  meaning({
    name: 'salary',
    words: 'pay',
    personal: 'sensitive',
    kinds: NUMBER,
    named: /\b(?:salary|wage|pay rate|income|gehalt|compensation)\b/,
  }),
  meaning({
    name: 'postalCode',
    words: 'postal codes',
    personal: 'quasi',
    kinds: ['string', 'integer'],
    named: /\b(?:zip|zip ?code|postal ?code|post ?code|plz|codigo postal)\b/,
  }),
  meaning({
    name: 'latitude',
    words: 'latitudes',
    personal: 'quasi',
    kinds: NUMBER,
    named: /\b(?:lat|latitude)\b/,
    isValue: (text) => Math.abs(Number(text)) <= 90,
    chance: 0.5,
  }),
  meaning({
    name: 'longitude',
    words: 'longitudes',
    personal: 'quasi',
    kinds: NUMBER,
    named: /\b(?:lon|lng|long|longitude)\b/,
    isValue: (text) => Math.abs(Number(text)) <= 180,
    chance: 0.5,
  }),
  meaning({
    name: 'city',
    words: 'towns',
    personal: 'none',
    kinds: TEXT,
    named: /\b(?:city|town|ort|stadt|ville|ciudad)\b/,
  }),
  meaning({
    name: 'country',
    words: 'countries',
    personal: 'none',
    kinds: TEXT,
    named: /\b(?:country|country code|land|pais|pay|nation)\b/,
  }),
  meaning({
    name: 'currency',
    words: 'currencies',
    personal: 'none',
    kinds: TEXT,
    named: /\b(?:currency|currency code|waehrung|moneda)\b/,
    isValue: (text) => /^[A-Z]{3}$/.test(text),
    chance: 0.1,
  }),
  meaning({
    name: 'amount',
    words: 'amounts of money',
    personal: 'none',
    kinds: NUMBER,
    named:
      /\b(?:amount|price|total|subtotal|cost|fee|tax|discount|balance|revenue|payment|preis|betrag|summe)\b/,
  }),
  meaning({
    name: 'quantity',
    words: 'quantities',
    personal: 'none',
    kinds: NUMBER,
    named: /\b(?:quantity|qty|count|units|menge|anzahl|stock|weight|length|width|height|duration)\b/,
  }),
] as const;

/** One to four words that begin with a capital letter, or are of a script without capitals. */
function isNameLike(text: string): boolean {
  const words = text.trim().split(/\s+/);
  return words.length <= 4 && words.every((word) => /^(?:\p{Lu}|\p{Lo})[\p{L}\p{M}'’.-]*$/u.test(word));
}
