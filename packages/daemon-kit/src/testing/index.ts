export { NotifyReceiver } from './notify-receiver.ts';
