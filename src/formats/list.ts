// Made by script/generate from the folders beside it.
import type { FormatReader } from './reader.ts';
import { reader as apache } from './apache/reader.ts';
import { reader as aws } from './aws/reader.ts';
import { reader as caddy } from './caddy/reader.ts';
import { reader as envoy } from './envoy/reader.ts';
import { reader as haproxy } from './haproxy/reader.ts';
import { reader as keepalived } from './keepalived/reader.ts';
import { reader as kubernetes } from './kubernetes/reader.ts';
import { reader as neutral } from './neutral/reader.ts';
import { reader as nginx } from './nginx/reader.ts';
import { reader as traefik } from './traefik/reader.ts';

/** Every format that can be read. */
export const FORMATS: readonly FormatReader[] = [
  apache,
  aws,
  caddy,
  envoy,
  haproxy,
  keepalived,
  kubernetes,
  neutral,
  nginx,
  traefik,
];
